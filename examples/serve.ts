import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError, formatRoutes } from 'routing-controllers-jwt';

/** What whoever starts the app can mend, by the code of the error. */
const hints = new Map([
  ['EADDRINUSE', 'the port is taken, choose another with PORT=8001 npm start'],
  ['EACCES', 'the port is not yours to use, choose another with PORT=8001 npm start'],
  ['ERR_SOCKET_BAD_PORT', 'PORT must be a number from 0 to 65535'],
]);

/** An app, and what is to be done when it ends. */
export interface Served {
  /** An application of Koa or Express. */
  readonly app: { listen(port: number): Server };
  readonly close?: () => Promise<unknown>;
}

/**
 * Starts an app on PORT, 8000 by default, and ends it on SIGTERM and SIGINT.
 *
 * @param load loads the app in here, so that a wrong secret is told in one line, too
 * @param linesFor what to try, once the address is known
 */
export function serve(load: () => Promise<Served>, linesFor: (url: string) => string): void {
  start(load, linesFor).catch((error: unknown) => {
    console.error(explain(error));
    process.exitCode = 1;
  });
}

async function start(load: () => Promise<Served>, linesFor: (url: string) => string): Promise<void> {
  const { app, close } = await load();
  const server = app.listen(Number(process.env['PORT'] || 8000));
  await once(server, 'listening');
  stopOnSignals(server);
  server.once('close', () => void close?.());
  if (process.env['JWT_SECRET_KEY'] === undefined)
    console.log('JWT_SECRET_KEY is not set: using a random secret for this run.');
  const url = `http://localhost:${String((server.address() as AddressInfo).port)}`;
  console.log(
    `Listening on ${url}. Try:\n\n${linesFor(url)}\nThe routes, and what each demands:\n\n${formatRoutes()}`,
  );
}

function stopOnSignals(server: Server): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close();
      // Requests that are under way have a second to finish.
      setTimeout(server.closeAllConnections.bind(server), 1000).unref();
    });
  }
}

function explain(error: unknown): unknown {
  const hint = hints.get((error as NodeJS.ErrnoException).code ?? '');
  if (hint !== undefined) return `Cannot start: ${hint}`;
  return error instanceof ConfigurationError ? `Cannot start: ${error.message}` : error;
}
