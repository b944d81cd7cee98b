import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { JwtError, type Token } from '../../src';
import { answerOf, rawRequest, type Answer } from './app';

/** A server of WebSockets. */
export interface UpgradeServer {
  readonly port: number;
  /** How many upgrades it completed. */
  readonly connections: number;
  /** What was thrown and is no refusal. */
  readonly faults: unknown[];
  close(): Promise<void>;
}

/** Starts a server that lets in whom a function lets in, and greets them by name. */
export async function startUpgrades(
  authenticate: (request: IncomingMessage) => Promise<Token>,
): Promise<UpgradeServer> {
  const faults: unknown[] = [];
  let connections = 0;
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'chat' });
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    authenticate(request).then(
      (token) => {
        sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
          connections++;
          webSocket.send(`hello ${token.identity}`);
        });
      },
      (error: unknown) => {
        if (error instanceof JwtError) socket.end(answerTo(error));
        else faults.push(error);
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    faults,
    close: () => stop(server, sockets),
  };
}

function answerTo(error: JwtError): string {
  const body = JSON.stringify(error);
  const headers = { ...error.headers, 'Content-Type': 'application/json', Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${String(error.status)} ${STATUS_CODES[error.status] ?? ''}`,
    ...lines,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    '',
    body,
  ].join('\r\n');
}

async function stop(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = once(server, 'close');
  for (const client of sockets.clients) client.terminate();
  server.close();
  await closed;
}

/** Asks for an upgrade with these header lines; for refusals, after which the server closes. */
export async function refusedUpgrade(port: number, lines: readonly string[], path = '/'): Promise<Answer> {
  const head = [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  ];
  return answerOf(await rawRequest(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')));
}
