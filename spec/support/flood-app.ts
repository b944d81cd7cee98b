import 'reflect-metadata';
import { inspect } from 'node:util';
import Koa from 'koa';
import { Controller, Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  MemoryTokenStore,
} from '../../src';
import { startApp } from './app';
import { testManager } from './manager';

// A process of its own, so that everything it prints can be read, and its death be seen.

/** What the process tells about itself when it is asked. */
export interface FloodReport {
  /** What a log of Koa's 'error' events would hold. */
  readonly errors: readonly string[];
  /** What a log of `rejected` events would hold. */
  readonly events: readonly string[];
  readonly warnings: readonly string[];
  readonly runs: number;
}

/** The ports, once the process listens. */
export interface FloodPorts {
  readonly withHandler: number;
  readonly withoutHandler: number;
}

const errors: string[] = [];
const events: string[] = [];
const warnings: string[] = [];
let runs = 0;

class Routes {
  @Get('/door')
  @JwtRequired()
  door() {
    return `in ${String(++runs)}`;
  }

  @Get('/optional')
  @JwtOptional()
  optional() {
    return `in ${String(++runs)}`;
  }

  @Get('/refresh')
  @JwtRefreshRequired()
  refresh() {
    return `in ${String(++runs)}`;
  }

  @Get('/admin')
  @JwtRequired({ roles: 'admin' })
  admin() {
    return `in ${String(++runs)}`;
  }

  @Get('/scope')
  @JwtRequired({ scopes: 'posts:write' })
  scope() {
    return `in ${String(++runs)}`;
  }

  @Get('/fresh')
  @JwtRequired({ fresh: true })
  fresh() {
    return `in ${String(++runs)}`;
  }

  @Get('/check')
  @JwtRequired({ check: () => false })
  check() {
    return `in ${String(++runs)}`;
  }

  @Get('/items/:id')
  @JwtRequired()
  item() {
    return `in ${String(++runs)}`;
  }
}

@JsonController('/json')
class JsonRoutes extends Routes {}

@Controller('/text')
class TextRoutes extends Routes {}

async function start(defaultErrorHandler: boolean): Promise<number> {
  const koa = new Koa();
  koa.on('error', (error: Error) => {
    errors.push(inspect(error), JSON.stringify(error));
    koa.onerror(error);
  });
  const jwtManager = testManager({ store: new MemoryTokenStore() }).on('rejected', (event) => {
    events.push(inspect(event, { depth: 10, showHidden: true }), JSON.stringify(event));
  });
  const authorizationChecker = createAuthorizationChecker(jwtManager);
  const controllers = [JsonRoutes, TextRoutes];
  const { port } = await startApp({ controllers, defaultErrorHandler, authorizationChecker }, koa);
  return port;
}

process.on('warning', (warning) => warnings.push(inspect(warning)));
process.on('message', () => process.send?.({ errors, events, warnings, runs } satisfies FloodReport));
process.on('disconnect', () => process.exit());

void Promise.all([start(true), start(false)]).then(([withHandler, withoutHandler]) =>
  process.send?.({ withHandler, withoutHandler } satisfies FloodPorts),
);
