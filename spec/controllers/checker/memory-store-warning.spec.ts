import { expect } from 'chai';
import type { Express } from 'express';
import Koa from 'koa';
import { Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  JwtOptional,
  JwtRequired,
  MemoryTokenStore,
  type JwtManager,
} from '../../../src';
import { describeOnDrivers, getWith, newApp, request, startApp } from '../../support/app';
import { testManager } from '../../support/manager';

@JsonController()
class Routes {
  @Get('/protected')
  @JwtRequired()
  protected() {
    return {};
  }

  @Get('/guests')
  @JwtOptional({ manager: 'partner' })
  guests() {
    return {};
  }

  @Get('/open')
  open() {
    return {};
  }
}

function setEnvironment(app: Koa | Express, env: string): void {
  if (app instanceof Koa) app.env = env;
  else app.set('env', env);
}

/** The warnings of a server that is asked three times for each path. */
async function warningsOf(
  managers: Record<string, JwtManager> & { default: JwtManager },
  paths: string[],
  env?: string,
): Promise<Error[]> {
  const warnings: Error[] = [];
  const note = (warning: Error) => {
    if (warning.name === 'JwtMemoryStoreWarning') warnings.push(warning);
  };
  process.on('warning', note);
  const own = newApp();
  if (env !== undefined) setEnvironment(own, env);
  const authorizationChecker = createAuthorizationChecker(managers);
  const app = await startApp({ controllers: [Routes], authorizationChecker }, own);
  await new Promise(setImmediate);
  expect(warnings, 'before the first request').to.deep.equal([]);
  const token = await managers.default.createAccessToken('ada');
  for (let round = 0; round < 3; round++) {
    for (const path of paths)
      await (path === '/guests' ? request(app.url + path) : getWith(app.url + path, token));
  }
  await app.close();
  await new Promise(setImmediate);
  process.off('warning', note);
  return warnings;
}

describeOnDrivers('in production, the store that nobody chose', () => {
  const partner = testManager({ store: false, issuer: 'partner' });

  it('is warned of once, with what to do', async () => {
    const manager = testManager();
    const [warning, ...more] = await warningsOf({ default: manager, partner }, ['/protected'], 'production');
    expect(more).to.deep.equal([]);
    expect(warning?.message).to.equal(
      'A JwtManager remembers its sessions in the memory of this process. Pass a store that all processes share, ' +
        'store: new RedisTokenStore(client) or new TypeOrmTokenStore(dataSource), or confirm that one process is enough: ' +
        'store: new MemoryTokenStore().',
    );
    const again = await warningsOf({ default: manager, partner }, ['/protected'], 'production');
    expect(again, 'for a second server').to.deep.equal([]);
  });

  it('is warned of once for each manager, when it is first needed', async () => {
    const managers = { default: testManager(), partner: testManager({ issuer: 'partner' }) };
    expect(await warningsOf(managers, ['/open'], 'production')).to.have.length(0);
    expect(await warningsOf(managers, ['/protected'], 'production')).to.have.length(1);
    expect(await warningsOf(managers, ['/guests', '/protected'], 'production')).to.have.length(1);
  });

  const quiet: [string, JwtManager, string | undefined][] = [
    ['elsewhere than in production', testManager(), 'development'],
    ['where nothing says that it is production', testManager(), undefined],
    ['for who has chosen it', testManager({ store: new MemoryTokenStore() }), 'production'],
    ['for who needs none', testManager({ store: false }), 'production'],
  ];
  for (const [name, manager, env] of quiet) {
    it(`is not warned of ${name}`, async () => {
      expect(await warningsOf({ default: manager, partner }, ['/protected', '/guests'], env)).to.deep.equal(
        [],
      );
    });
  }
});
