import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IsString } from 'class-validator';
import type Koa from 'koa';
import {
  Authorized,
  Body,
  createExpressServer,
  createKoaServer,
  createParamDecorator,
  CurrentUser,
  Get,
  Interceptor,
  JsonController,
  Param,
  Post,
  QueryParam,
  UseInterceptor,
  type Action,
  type InterceptorInterface,
  type RoutingControllersOptions,
} from 'routing-controllers';

// A process of its own: an application that uses no rule of this library, without it or, with the argument `with`, after a
// checker and a rule of this library were made elsewhere in the process.

class TextDto {
  @IsString() text!: string;
}

const Custom = (name: string) => createParamDecorator({ value: () => Promise.resolve(name) });
const policy = { policy: 'an object' } as unknown as string;
const numbers = [0] as unknown as string[];

class Base {
  @Get('/inherited/:id')
  @Authorized('a')
  inherited(@Param('id') id: string, @Custom('base') custom: string): object {
    return { id: id ?? null, custom: custom ?? null };
  }

  @Post('/fewer')
  fewer(@Body() body: TextDto, @QueryParam('q') q: string): object {
    return { body, q };
  }

  @Post('/undecorated')
  @Authorized()
  undecorated(@Body() body: TextDto): object {
    return { body };
  }
}

@Interceptor()
class Everywhere implements InterceptorInterface {
  intercept(_: Action, result: object) {
    return { ...result, everywhere: true };
  }
}

@JsonController('/heir')
@Authorized('a')
class Heir extends Base {
  @Post('/fewer')
  override fewer(@Body() body: TextDto): object {
    return { body, given: arguments.length };
  }

  override undecorated(): object {
    return { given: arguments.length };
  }

  @Get('/both')
  @Authorized('b')
  both() {
    return {};
  }
}

class HeirOfHeir extends Heir {}
JsonController('/heir-of-heir')(HeirOfHeir);

@JsonController('/routes')
class Routes {
  @Get('/open')
  open() {
    return {};
  }

  @Get('/bare')
  @Authorized()
  bare() {
    return {};
  }

  @Get('/stacked')
  @Authorized('upper')
  @Authorized('lower')
  stacked() {
    return {};
  }

  @Get('/stacked-objects')
  @Authorized(policy)
  @Authorized('lower')
  stackedObjects() {
    return {};
  }

  @Get('/numbers')
  @Authorized(numbers)
  numbers() {
    return {};
  }

  @Get('/policy')
  @Authorized(policy)
  policy() {
    return {};
  }

  @Get('/gap/:id')
  @Authorized()
  gap(first: unknown, @Param('id') id: string) {
    return { first: first ?? null, id: id ?? null };
  }

  @Get('/user')
  @UseInterceptor((_: Action, result: object) => ({ ...result, intercepted: true }))
  user(@CurrentUser() user: object, @Custom('x') custom: string) {
    return { user, custom };
  }

  @Post('/body')
  body(@Body() body: TextDto) {
    return body;
  }

  @Post('/inline')
  @Authorized()
  inline(@Body() body: { text: string }) {
    return body;
  }

  @Get('/fails')
  fails() {
    throw new Error('a fault');
  }
}

@JsonController('/replaced')
@((target: Function) => class extends (target as new () => object) {} as never)
@Authorized('a')
class Replaced {
  @Get('/route')
  route() {
    return {};
  }
}

const controllers = [Heir, HeirOfHeir, Routes, Replaced];
const requests: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  ['GET', '/routes/open'],
  ['HEAD', '/routes/bare'],
  ['OPTIONS', '/routes/bare'],
  ['GET', '/routes/nowhere'],
  ['GET', '/routes/bare'],
  ['GET', '/routes/stacked'],
  ['GET', '/routes/stacked-objects'],
  ['GET', '/routes/numbers'],
  ['GET', '/routes/policy'],
  ['GET', '/routes/gap/7'],
  ['GET', '/routes/user'],
  ['GET', '/routes/fails'],
  ['POST', '/routes/body', { text: 'x' }],
  ['POST', '/routes/body', { text: 1 }],
  ['POST', '/routes/inline', { text: 1 }],
  ['GET', '/replaced/route'],
  ...['/heir', '/heir-of-heir'].flatMap((prefix): [string, string, unknown?][] => [
    ['GET', `${prefix}/inherited/7`],
    ['GET', `${prefix}/both`],
    ['POST', `${prefix}/fewer?q=1`, { text: 'x' }],
    ['POST', `${prefix}/fewer?q=1`, { text: 1 }],
    ['POST', `${prefix}/undecorated`, {}],
  ]),
];

const checkers: Readonly<Record<string, RoutingControllersOptions['authorizationChecker'] | undefined>> = {
  none: undefined,
  'lets in': (_, roles) => (asked.push(roles), true),
  'turns away': (_, roles) => (asked.push(roles), Promise.resolve(false)),
  throws: () => Promise.reject(new Error('a fault of the checker')),
};
let asked: unknown[] = [];

async function answersOf(listener: RequestListener): Promise<unknown[]> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answers: unknown[] = [];
  for (const [method, path, body] of requests) {
    asked = [];
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
    });
    const headers = [...response.headers].filter(
      ([name]) => !['date', 'etag', 'content-length'].includes(name),
    );
    const text = (await response.text())
      .replaceAll(String(port), 'port')
      .replace(/"stack":"(?:[^"\\]|\\.)*"/, '');
    answers.push({ request: `${method} ${path}`, status: response.status, headers, text, asked });
  }
  server.closeAllConnections();
  server.close();
  return answers;
}

async function measure(): Promise<Record<string, unknown[]>> {
  const measured: Record<string, unknown[]> = {};
  for (const [name, authorizationChecker] of Object.entries(checkers)) {
    const options: RoutingControllersOptions = {
      controllers,
      interceptors: [Everywhere],
      currentUserChecker: () => ({ name: 'ada' }),
      ...(authorizationChecker && { authorizationChecker }),
    };
    const koa = createKoaServer(options) as Koa;
    koa.silent = true;
    measured[`Koa, a checker that ${name}`] = await answersOf(
      (request, response) => void koa.callback()(request, response),
    );
    const express = createExpressServer({ ...options, defaultErrorHandler: true }) as RequestListener;
    measured[`Express, a checker that ${name}`] = await answersOf(express);
  }
  return measured;
}

/** What another part of the process does, which is none of the application's business. */
async function loadLibrary(): Promise<void> {
  const { createAuthorizationChecker, InjectToken, JwtManager, JwtRequired } =
    await import('../../src/index.js');
  createAuthorizationChecker(new JwtManager({ secret: 'the-secret-of-another-part-of-this-process' }));
  class Elsewhere {
    method(token: unknown) {
      return token;
    }
  }
  InjectToken()(Elsewhere.prototype, 'method', 0);
  JwtRequired({ roles: 'admin' })(Elsewhere.prototype, 'method');
  JwtRequired()(Elsewhere);
}

async function run(): Promise<void> {
  const warnings: string[] = [];
  process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
  if (process.argv[2] === 'with') await loadLibrary();
  const answers = await measure();
  process.send?.({ answers, warnings });
  process.disconnect();
}

void run();
