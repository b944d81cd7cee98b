import 'reflect-metadata';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type * as host from 'routing-controllers';
import { Get, JsonController, useKoaServer, type AuthorizationChecker } from 'routing-controllers';
import Koa from 'koa';
import { createAuthorizationChecker, JwtRequired } from '../../src';
import { testManager } from './manager';

// A process of its own: no checker at first, then a second copy of routing-controllers. NODE_PATH leads the copy to what it
// needs.

@JsonController('/guarded')
class Guarded {
  @Get('/')
  @JwtRequired()
  method() {
    return {};
  }
}

@JsonController('/open')
class Open {
  @Get('/')
  method() {
    return {};
  }
}

function outcome(
  controller: Function,
  { useKoaServer: use }: Pick<typeof host, 'useKoaServer'>,
  checker?: AuthorizationChecker,
) {
  try {
    use(new Koa(), { controllers: [controller], ...(checker && { authorizationChecker: checker }) });
    return 'started';
  } catch (error) {
    return `${(error as Error).constructor.name}: ${(error as Error).message}`;
  }
}

function secondCopy(folder: string): typeof host {
  const copy = join(folder, 'node_modules/routing-controllers/cjs');
  cpSync(dirname(require.resolve('routing-controllers')), copy, { recursive: true });
  return createRequire(__filename)(join(copy, 'index.js')) as typeof host;
}

async function run(): Promise<void> {
  const warnings: string[] = [];
  process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
  const early = outcome(Guarded, { useKoaServer }, () => true);
  const checker = createAuthorizationChecker(testManager());
  const folder = mkdtempSync(join(tmpdir(), 'second-host-'));
  const other = secondCopy(folder);
  const outcomes = {
    early,
    guarded: outcome(Guarded, other, () => true).replace(folder, ''),
    withOurs: outcome(Open, other, checker).replace(folder, ''),
    open: outcome(Open, other),
    own: outcome(Guarded, { useKoaServer }, checker),
  };
  rmSync(folder, { recursive: true });
  await new Promise(setImmediate);
  process.send?.({ outcomes, warnings });
  process.disconnect();
}

void run();
