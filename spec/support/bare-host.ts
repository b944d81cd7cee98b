import 'reflect-metadata';
import { join } from 'node:path';
import Koa, { type Context, type Next } from 'koa';
import {
  Authorized,
  Body,
  Controller,
  createParamDecorator,
  CurrentUser,
  ForbiddenError,
  Get,
  getMetadataArgsStorage,
  Header,
  HttpError,
  JsonController,
  Param,
  Post,
  UseBefore,
  useKoaServer,
  type RoutingControllersOptions,
} from 'routing-controllers';
import { rawAnswer, request, startApp, type Answer, type RunningApp } from './app';

// A process of its own, without this library: what it measures is the host alone.

let seenByChecker: unknown[] = [];
let seenByMethod: unknown[] = [];

const Nothing = () => createParamDecorator({ required: true, value: () => undefined });
const Noted = (name: string) =>
  createParamDecorator({
    value: async () => {
      seenByMethod.push(`${name} starts`);
      await new Promise(setImmediate);
      seenByMethod.push(`${name} ends`);
      return name;
    },
  });

class ByMethod {
  @Get('/method')
  @Authorized('admin')
  method() {
    return {};
  }

  @Get('/overridden')
  @Authorized('admin')
  overridden(): object {
    return {};
  }

  @Get('/parameters/:id')
  parameters(@Param('id') id: string, @Noted('custom') custom: string) {
    return { parameters: [typeof id, typeof custom] };
  }
}

@Authorized('admin')
class ByClass extends ByMethod {
  @Get('/by-class')
  byClass() {
    return {};
  }
}

@JsonController('/heir')
class Heir extends ByClass {
  override overridden() {
    return { overridden: true };
  }
}

function noteBefore(_: Context, next: Next): Promise<unknown> {
  seenByChecker.push('before');
  return next();
}

@JsonController('/routes')
class Routes {
  @Get('/stacked')
  @Authorized('upper')
  @Authorized('lower')
  stacked() {
    return {};
  }

  @Get('/bare')
  @Authorized()
  bare() {
    seenByMethod.push('ran');
    return {};
  }

  @Get('/roles')
  @Authorized('admin')
  roles() {
    return {};
  }

  @Get('/before')
  @UseBefore(noteBefore)
  @Authorized()
  before() {
    return {};
  }

  @Get('/required')
  required(@Nothing() nothing: unknown) {
    return { type: typeof nothing };
  }

  @Get('/gap/:id')
  gap(first: unknown, @Param('id') id: string) {
    return { first: first ?? null, id: id ?? null };
  }

  @Get('/parallel')
  @Authorized()
  parallel(@Noted('a') a: string, @Noted('b') b: string) {
    return { a, b };
  }

  @Get('/users')
  users(@CurrentUser() one: unknown, @CurrentUser() two: unknown) {
    return { one, two };
  }

  @Post('/body')
  body(@Body() body: object) {
    return body;
  }
}

const marker = { an: 'object' };

@JsonController('/both')
@Authorized(marker)
class Both {
  @Get('/method')
  @Authorized('method')
  method() {
    return {};
  }
}

class Teapot extends HttpError {
  readonly extra = 'an own property';

  constructor() {
    super(418, 'short and stout');
  }
}

const errors: Record<string, unknown> = {
  http: new Teapot(),
  plain: new Error('a fault'),
  json: Object.assign(new HttpError(418, 'short and stout'), { toJSON: () => ({ body: 'of toJSON' }) }),
  headers: Object.assign(new HttpError(418, 'short and stout'), { headers: { 'X-Error': 'yes' } }),
  koa: Object.assign(new HttpError(418, 'short and stout'), {
    status: 418,
    expose: true,
    headers: { 'X-Error': 'yes' },
  }),
  hidden: Object.assign(new HttpError(418, 'short and stout'), { status: 418, expose: false }),
};

@JsonController('/errors')
class Errors {
  @Get('/:name')
  @Header('X-Method', 'declares')
  throws(@Param('name') name: string) {
    throw errors[name];
  }
}

@Controller('/text-errors')
class TextErrors {
  @Get('/:name')
  throws(@Param('name') name: string) {
    throw errors[name];
  }
}

const checker = (allowed: boolean) => (_: unknown, roles: unknown[]) => {
  seenByChecker.push(roles);
  return allowed;
};

async function using<T>(
  options: RoutingControllersOptions,
  use: (app: RunningApp) => Promise<T>,
  koa?: Koa,
): Promise<T> {
  seenByChecker = [];
  seenByMethod = [];
  const controllers = [Heir, Routes, Both, Errors, TextErrors];
  const app = await startApp({ controllers, authorizationChecker: checker(true), ...options }, koa);
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

const get = (path: string, options: RoutingControllersOptions = {}, koa?: Koa): Promise<Answer> =>
  using(options, ({ url }) => request(url + path), koa);

async function thrown(path: string, options: RoutingControllersOptions = {}): Promise<unknown> {
  const koa = new Koa();
  koa.use((context, next) => {
    context.set('X-Before', 'set');
    return next();
  });
  const { status, body, headers } = await get(path, options, koa);
  const [error, method, before] = ['X-Error', 'X-Method', 'X-Before'].map((name) => headers.get(name));
  return { status, body: withoutStack(body), error, method, before };
}

/** Stacks differ from machine to machine; what counts is that there is one. */
function withoutStack(body: unknown): unknown {
  if (typeof body === 'string') return body.replace(/\n\s+at [\s\S]*/, ' and a stack');
  const { stack, ...rest } = body as { stack?: string };
  return stack === undefined ? rest : { ...rest, stack: 'a stack' };
}

const inProduction = <T>(measure: () => Promise<T>): Promise<T> => {
  process.env['NODE_ENV'] = 'production';
  return measure().finally(() => {
    delete process.env['NODE_ENV'];
  });
};

async function statusAndCalls(path: string): Promise<unknown> {
  const { status } = await get(path);
  return { status, calls: seenByChecker.length };
}

async function methodsOf(path: string, method: string): Promise<unknown> {
  const { status } = await using({}, ({ url }) => request(url + path, { method }));
  return { status, calls: seenByChecker.length, runs: seenByMethod.length };
}

/** What is measured, by name. */
const facts: Record<string, () => unknown> = {
  'is alone': () =>
    Object.keys(require.cache).filter((file) => file.startsWith(join(__dirname, '../../src'))),
  '@Authorized on a base class': () => statusAndCalls('/heir/by-class'),
  '@Authorized on a method of a base class': () => statusAndCalls('/heir/method'),
  '@Authorized on an overridden method': () => statusAndCalls('/heir/overridden'),
  'parameters of a method of a base class': async () => (await get('/heir/parameters/7')).body,
  'a parameter behind one without a decorator': async () => (await get('/routes/gap/7')).body,
  'two @Authorized on one method': async () => {
    await get('/routes/stacked');
    return seenByChecker;
  },
  '@Authorized on class and method': async () => {
    await get('/both/method');
    const [roles] = seenByChecker as [unknown[]];
    return { roles, isUntouched: roles[0] === marker };
  },
  '@UseBefore and @Authorized': async () => {
    await get('/routes/before');
    return seenByChecker;
  },
  'a required parameter that is undefined': async () => (await get('/routes/required')).body,
  'a checker that answers false': async () => {
    const options = { authorizationChecker: checker(false) };
    const bare = await get('/routes/bare?secret=x', options);
    const roles = await get('/routes/roles?secret=x', options);
    return {
      bare: bare.status,
      roles: roles.status,
      tellsTheQuery: String((roles.body as { message?: string }).message).includes('?secret=x'),
    };
  },
  'a checker that throws later': async () => {
    const authorizationChecker = () => Promise.reject(new ForbiddenError('no'));
    return {
      status: (await get('/routes/bare', { authorizationChecker })).status,
      runs: seenByMethod.length,
    };
  },
  'no checker at all': async () => {
    const { status } = await get('/routes/bare', { authorizationChecker: undefined as never });
    return { status, runs: seenByMethod.length };
  },
  'the checker as a method': async () => {
    const owner = {
      check(this: unknown) {
        return this === owner;
      },
    };
    return (await get('/routes/bare', { authorizationChecker: Reflect.get(owner, 'check') })).status;
  },
  'HEAD of a protected GET': () => methodsOf('/routes/bare', 'HEAD'),
  'OPTIONS of a protected GET': () => methodsOf('/routes/bare', 'OPTIONS'),
  'parameters of one method': async () => {
    await get('/routes/parallel');
    return [seenByChecker.length, ...seenByMethod];
  },
  'currentUserChecker for two parameters': async () => {
    let calls = 0;
    await get('/routes/users', { currentUserChecker: () => ++calls });
    return calls;
  },
  'the storage': () => ({
    isGlobal: Object.values(globalThis).includes(getMetadataArgsStorage()),
  }),
  'what the storage is asked when a server is made': async () => {
    const storage = getMetadataArgsStorage();
    const asked = new Set<string>();
    const prototype = Object.getPrototypeOf(storage) as Record<string, (...given: unknown[]) => unknown>;
    const names = ['filterResponseHandlersWithTargetAndMethod', 'filterParamsWithTargetAndMethod'];
    const original = names.map((name) => prototype[name]);
    names.forEach((name, index) => {
      prototype[name] = function (this: unknown, target, method) {
        if (target === Heir && method === 'method') asked.add(name);
        return original[index]?.call(this, target, method);
      };
    });
    await get('/heir/method');
    names.forEach((name, index) => {
      prototype[name] = original[index] as (...given: unknown[]) => unknown;
    });
    return [...asked].sort();
  },
  'an error, with the handler': () => thrown('/errors/http'),
  'an error, with the handler, in production': () => inProduction(() => thrown('/errors/http')),
  'an error that is no HttpError, with the handler': () => inProduction(() => thrown('/errors/plain')),
  'an error with toJSON, with the handler': () => thrown('/errors/json'),
  'an error with headers, with the handler': () => inProduction(() => thrown('/errors/headers')),
  'an error, without the handler': () => thrown('/errors/http', { defaultErrorHandler: false }),
  'an error with status and headers, without the handler': () =>
    thrown('/errors/koa', { defaultErrorHandler: false }),
  'an error that is not to be shown, without the handler': () =>
    thrown('/errors/hidden', { defaultErrorHandler: false }),
  'an error in a text controller': () => thrown('/text-errors/json'),
  'an error in a text controller, in production': () => inProduction(() => thrown('/text-errors/json')),
  'the prototype of an HttpError': () => ({
    isTeapot: new Teapot() instanceof Teapot,
    isHttpError: new Teapot() instanceof HttpError,
  }),
  'a malformed body': () =>
    using({}, async ({ url, errors: seen }) => {
      const headers = { 'Content-Type': 'application/json' };
      const { status, headers: answered } = await request(`${url}/routes/body`, {
        method: 'POST',
        headers,
        body: '{',
      });
      return { status, type: answered.get('Content-Type'), errors: seen.length };
    }),
  'a middleware behind the server': async () => {
    let runs = 0;
    const koa = new Koa();
    useKoaServer(koa, { controllers: [Routes], authorizationChecker: checker(true) });
    koa.use((_, next) => {
      runs++;
      return next();
    });
    // A second, empty server on the same application, for the sake of the port.
    await using({ controllers: [Errors] }, ({ url }) => request(`${url}/routes/required`), koa);
    return runs;
  },
  'how an answer leaves': async () => {
    const koa = new Koa();
    const heads: unknown[] = [];
    koa.use((context, next) => {
      const writeHead = context.res.writeHead.bind(context.res) as (...head: unknown[]) => typeof context.res;
      context.res.writeHead = (...head: unknown[]) => {
        heads.push(head[0]);
        return writeHead(...head);
      };
      return next();
    });
    await using(
      { defaultErrorHandler: false },
      async ({ url }) => {
        for (const path of ['/routes/required', '/errors/koa', '/nowhere']) await request(url + path);
      },
      koa,
    );
    return heads;
  },
  'two headers of one name': async () => {
    const seen: unknown[] = [];
    const koa = new Koa();
    koa.use(({ req }) => {
      seen.push(req.headers.authorization, req.headersDistinct['authorization']);
    });
    const lines = ['Authorization: one', 'Authorization: two'];
    await using({}, ({ port }) => rawAnswer(port, 'GET', '/', lines), koa);
    return seen;
  },
  'the host, imported and required': async () => {
    const imported = (await import('routing-controllers')) as { HttpError: unknown };
    return imported.HttpError === HttpError && require.resolve('routing-controllers').includes('cjs');
  },
};

async function measure(): Promise<Record<string, unknown>> {
  const measured: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(facts)) measured[name] = await fact();
  return measured;
}

/** One request whose error has a status that cannot be written: Koa writes it all the same. */
async function die(): Promise<void> {
  errors['fatal'] = Object.defineProperty(new Error('fatal'), 'status', { get: () => 418 });
  await get('/errors/fatal', { defaultErrorHandler: false });
}

async function tell(): Promise<void> {
  const measured = await measure();
  process.send?.(measured);
  process.disconnect();
}

void (process.argv[2] === 'die' ? die() : tell());
