import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import express, { type Express } from 'express';
import Koa from 'koa';
import { createAuthorizationChecker, createOAuthController } from '../../../src';
import { describeOnDrivers, driverInUse, errorHandlersOn, startApp } from '../../support/app';
import { testManager } from '../../support/manager';

const secret = 'b-0123456789abcdef0123456789abcdef';
const head = [
  'Host: localhost',
  'Content-Type: application/x-www-form-urlencoded',
  `Authorization: Basic ${Buffer.from(`billing:${secret}`).toString('base64')}`,
];

/** What the client has sent of the body when it closes the connection. */
const uploads: [what: string, header: string, body: string][] = [
  ['before the body', 'Content-Length: 1000', ''],
  ['within the body', 'Content-Length: 1000', 'token=abc'],
  ['between chunks', 'Transfer-Encoding: chunked', '9\r\ntoken=abc\r\n'],
  ['within a chunk', 'Transfer-Encoding: chunked', 'ff\r\ntoken=abc'],
  ['within a body that is too long', 'Content-Length: 1000000', 'x'.repeat(100_000)],
];

describeOnDrivers('A client that closes the connection to an endpoint of OAuth', (driver) => {
  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    for (const endpoint of ['introspect', 'revoke']) {
      for (const [what, header, body] of uploads) {
        const mode = defaultErrorHandler ? '' : ', without the error handler of routing-controllers';
        it(`${what} prints no more at /${endpoint} than at a route without the library${mode}`, async () => {
          const lines = [...head, header];
          const printed = await printedFor({ path: `/oauth/${endpoint}`, lines, body, defaultErrorHandler });
          // Koa has an error of its own for each connection that ends within a request.
          const plain = await printedFor({ path: '/plain', lines, body, defaultErrorHandler });
          expect(plain).to.deep.equal(driverInUse() === 'koa' ? ['Error: Parse Error'] : []);
          expect(printed.filter((line) => !plain.includes(line))).to.deep.equal([]);
        });
      }
    }
  }
});

interface Upload {
  readonly path: string;
  readonly lines: readonly string[];
  readonly body: string;
  readonly defaultErrorHandler: boolean;
}

/** The first lines of all that is printed, and the names of events. */
async function printedFor({ path, lines, body, defaultErrorHandler }: Upload): Promise<string[]> {
  const printed: string[] = [];
  const manager = testManager();
  manager.on('rejected', ({ code }) => printed.push(code));
  const { framework, arrived, gone } = watchedFramework();
  const controllers = [createOAuthController(manager, { clients: { billing: secret } })];
  const authorizationChecker = createAuthorizationChecker(manager);
  const app = await startApp({ controllers, authorizationChecker, defaultErrorHandler }, framework);
  const { error } = console;
  console.error = (value: unknown) => printed.push(String(value).trim().split('\n')[0] ?? '');
  try {
    const socket = connect(app.port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    await arrived;
    socket.write(body, () => socket.destroy());
    await gone;
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    // What Koa does if the application does not listen to its errors.
    if (framework instanceof Koa) for (const each of app.errors) framework.onerror(each as Error);
  } finally {
    console.error = error;
    await app.close();
  }
  return printed;
}

/** As an application creates it: it prints errors, and Express has no parsers. */
function watchedFramework(): { framework: Koa | Express; arrived: Promise<void>; gone: Promise<void> } {
  let arrive: () => void = () => undefined;
  let go: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const gone = new Promise<void>((resolve) => (go = resolve));
  const watch = (response: ServerResponse) => {
    arrive();
    response.once('close', go);
  };
  if (driverInUse() === 'express') {
    const app = express().use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      watch(response);
      if (request.url === '/plain') request.resume();
      else next();
    });
    return { framework: app, arrived, gone };
  }
  const koa = new Koa();
  koa.use((context, next) => {
    watch(context.res);
    if (context.path !== '/plain') return next();
    context.req.resume();
    return gone;
  });
  return { framework: koa, arrived, gone };
}
