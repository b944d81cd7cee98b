import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from 'routing-controllers-jwt';

/** What whoever starts the app can mend, by the code of the error. */
const hints = new Map([
  ['EADDRINUSE', 'the port is taken, choose another with PORT=8001 npm start'],
  ['EACCES', 'the port is not yours to use, choose another with PORT=8001 npm start'],
  ['ERR_SOCKET_BAD_PORT', 'PORT must be a number from 0 to 65535'],
]);

async function start(port: number): Promise<void> {
  // Imported in here, so that a wrong secret is told in one line, too.
  const { app } = await import('./app.js');
  const server = app.listen(port);
  await once(server, 'listening');
  stopOnSignals(server);
  greet(`http://localhost:${String((server.address() as AddressInfo).port)}`);
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

function greet(url: string): void {
  if (process.env['JWT_SECRET_KEY'] === undefined)
    console.log('JWT_SECRET_KEY is not set: using a random secret for this run.');
  console.log(`Listening on ${url}. Try:

  curl ${url}/protected
  curl -H "Content-Type: application/json" -X POST \\
    -d '{"username":"test","password":"test"}' ${url}/login
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${url}/protected
`);
}

function explain(error: unknown): unknown {
  const hint = hints.get((error as NodeJS.ErrnoException).code ?? '');
  if (hint !== undefined) return `Cannot start: ${hint}`;
  return error instanceof ConfigurationError ? `Cannot start: ${error.message}` : error;
}

start(Number(process.env['PORT'] || 8000)).catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
