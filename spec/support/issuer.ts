import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { KeyPairAlgorithm } from '../../src/keys/key';
import { jwkOf, keyPairFor, type TestKeyPair } from './keys';
import { startOfTime } from './manager';
import { signToken } from './target';

/** How an issuer answers a request: JSON of a value, or whatever a function does. */
export type Reply = object | ((request: IncomingMessage, response: ServerResponse) => void);

/** An issuer on the loopback, whose answers can be replaced while it runs. */
export interface RunningIssuer {
  readonly url: string;
  /** The answers by path. */
  readonly replies: Map<string, Reply>;
  /** The paths of all requests until now. */
  readonly requests: string[];
  /** How many connections there are at present. */
  connections(): number;
  close(): Promise<void>;
}

export const metadataPath = '/.well-known/openid-configuration';

/** Starts an issuer that has metadata at the usual place, and a JWK set with these keys. */
export async function startIssuer(keys: readonly object[] = [issuerJwk()]): Promise<RunningIssuer> {
  const replies = new Map<string, Reply>();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(String(request.url));
    const reply = replies.get(String(request.url));
    if (typeof reply === 'function') reply(request, response);
    else if (reply) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(reply));
    else response.writeHead(404).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  replies.set(metadataPath, { issuer: url, jwks_uri: `${url}/jwks` });
  replies.set('/jwks', { keys });
  return {
    url,
    replies,
    requests,
    connections: () => sockets.size,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The public key of an issuer as it publishes it. */
export function issuerJwk(
  members: object = {},
  algorithm: KeyPairAlgorithm = 'RS256',
  pair: TestKeyPair = keyPairFor(algorithm),
): object {
  return jwkOf(pair.publicKey, { kid: 'theirs', alg: algorithm, use: 'sig', ...members });
}

/** An access token as an issuer signs it, with changes. A member that is undefined is left out. */
export function issuerToken(
  issuer: string,
  {
    header = {},
    claims = {},
    algorithm = 'RS256',
    key = keyPairFor(algorithm).privateKey,
  }: IssuerTokenChanges = {},
): string {
  const now = startOfTime / 1000;
  const all = {
    iss: issuer,
    sub: 'ada',
    aud: 'api',
    jti: 'theirs-1',
    iat: now,
    exp: now + 86_400,
    ...claims,
  };
  return signToken(algorithm, { alg: algorithm, typ: 'at+jwt', kid: 'theirs', ...header }, all, key);
}

export interface IssuerTokenChanges {
  readonly header?: object;
  readonly claims?: object;
  readonly algorithm?: KeyPairAlgorithm;
  readonly key?: TestKeyPair['privateKey'];
}
