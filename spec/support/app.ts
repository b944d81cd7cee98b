import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type Response,
} from 'express';
import Koa, { type Response as KoaResponse } from 'koa';
import { useExpressServer, useKoaServer, type RoutingControllersOptions } from 'routing-controllers';
import type { RequestSource } from '../../src';
import { isFull } from './full';

/** A started app on a free port of the loopback. */
export interface RunningApp {
  readonly url: string;
  readonly port: number;
  /** All errors that reached the framework's own error handler. */
  readonly errors: unknown[];
  close(): Promise<void>;
}

/** The frameworks that routing-controllers has a driver for. */
export const drivers = ['koa', 'express'] as const;
export type Driver = (typeof drivers)[number];

let currentDriver: Driver = 'koa';

/** The driver whose specs run. */
export function driverInUse(): Driver {
  return currentDriver;
}

type Define = (this: Mocha.Suite, driver: Driver) => void;

/** Defines specs for each driver; in them, {@link startApp} starts an app of that driver. */
export function describeOnDrivers(title: string, define: Define): void {
  for (const driver of drivers) describeOnDriver(driver, title, define);
}

/** Settings of `defaultErrorHandler` for a driver: both in the long form, otherwise each driver has one of its own. */
export function errorHandlersOn(driver: Driver): readonly boolean[] {
  return isFull ? [true, false] : [driver === 'koa'];
}

/** The same from the other side: defines specs for the drivers that have this setting. */
export function describeOnDriversWith(defaultErrorHandler: boolean, title: string, define: Define): void {
  for (const driver of drivers)
    if (errorHandlersOn(driver).includes(defaultErrorHandler)) describeOnDriver(driver, title, define);
}

function describeOnDriver(driver: Driver, title: string, define: Define): void {
  describe(`${title}, on ${driver}`, function () {
    before(() => (currentDriver = driver));
    after(() => (currentDriver = 'koa'));
    define.call(this, driver);
  });
}

/** A response as `@Res()` hands it over with each driver. */
export type AnyResponse = RequestSource & { set(name: string, value: string): unknown };

/** Node's response, for a method that writes to it itself; such a method returns the response that it was given. */
export function takeOver(response: AnyResponse): ServerResponse {
  if (!('ctx' in response)) return response as unknown as ServerResponse;
  const { ctx } = response as unknown as KoaResponse;
  ctx.respond = false;
  return ctx.res;
}

/** A middleware of the current driver. */
type AnyMiddleware = (...given: never[]) => unknown;

/** An app of the current driver, with middleware in front of the routes. */
export function newApp(...middleware: AnyMiddleware[]): Koa | Express {
  const app = currentDriver === 'koa' ? new Koa() : expressApp();
  for (const each of middleware) (app as Express).use(each as never);
  return app;
}

/**
 * Starts routing-controllers with the given options, on an app of its own or on the one given.
 *
 * @param handler the error handler that an application of Express has behind its routes
 */
export async function startApp(
  options: RoutingControllersOptions,
  app: Koa | Express = newApp(),
  handler?: ErrorRequestHandler,
): Promise<RunningApp> {
  if (app instanceof Koa) useKoaServer(app, options);
  else useExpressServer(app, options);
  if (handler) (app as Express).use(handler);
  return serve(app);
}

/** Starts an app as it is, without routing-controllers. */
export async function serve(app: Koa | Express): Promise<RunningApp> {
  const errors: unknown[] = [];
  if (app instanceof Koa) {
    app.on('error', (error: unknown) => errors.push(error));
  } else {
    app.use((error: unknown, _: Request, response: Response, next: NextFunction) => {
      // routing-controllers passes on what it has responded to, too.
      if (response.headersSent) return;
      errors.push(error);
      next(error);
    });
  }
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, port, errors, close: () => stop(server) };
}

/** Parses all bodies, as Koa's driver does; Express' driver does so only for a method with `@Body()`. */
function expressApp(): Express {
  // In this environment, Express prints no errors.
  const app = express().set('env', 'test');
  const verify = (request: IncomingMessage, _: unknown, rawBody: Buffer) =>
    Object.assign(request, { rawBody });
  return app.use(express.json({ verify }), express.urlencoded({ extended: true }));
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** What a client sees of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly challenge: string | null;
  readonly headers: Headers;
}

/** Sends a request and reads the whole answer. */
export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const { status, headers } = response;
  return { status, body: parsed(text), challenge: headers.get('WWW-Authenticate'), headers };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return errorPage.exec(text)?.[1] ?? text;
  }
}

/** Express shows an error as a page, with its name and message. */
const errorPage = /^<!DOCTYPE html>.*<pre>(?:\w+: )?(.*)<\/pre>/s;

/** A GET with a token in the header. */
export function getWith(url: string, token: string): Promise<Answer> {
  return request(url, { headers: { Authorization: `Bearer ${token}` } });
}

/** Sends bytes as they are over a socket and reads all that comes back until the server closes. */
export async function rawRequest(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** Sends header lines as they are and reads the answer; its status is 0 when the server closed without one. */
export async function rawAnswer(
  port: number,
  method: string,
  path: string,
  lines: readonly string[],
): Promise<Answer> {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines];
  return answerOf(await rawRequest(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')));
}

/** Takes the bytes of one answer apart. */
export function answerOf(bytes: string): Answer {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const headers = new Headers(lines.map((line): [string, string] => nameAndValue(line)));
  return {
    status: Number(statusLine.split(' ')[1] ?? 0),
    body: parsed(bytes.slice(end + 4)),
    challenge: headers.get('WWW-Authenticate'),
    headers,
  };
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
