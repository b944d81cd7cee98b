import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mock } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { CurrentUser, JsonController, Get, Post } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  HookFailedError,
  JwtRequired,
  MemoryTokenStore,
  StoreUnavailableError,
  TokenInvalidError,
  type JwtManager,
  type RejectedEvent,
} from '../../src';
import { coreOf } from '../../src/manager/manager-base';
import { describeOnDrivers, getWith, request, startApp } from '../support/app';
import { intervenedStore } from '../support/later-store';
import { testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

const leak = 'relation "ada@example.test" eyJhbGciOi secret';

/** The warnings of a run, as Node.js emits them. */
async function warningsOf(run: () => unknown): Promise<{ name: string; message: string }[]> {
  const warnings: { name: string; message: string }[] = [];
  const note = ({ name, message }: Error) => warnings.push({ name, message });
  // Node.js would print each of them.
  const usual = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', note);
  await run();
  await setImmediate();
  process.off('warning', note);
  for (const listener of usual) process.on('warning', listener);
  return warnings.filter(({ name }) => name === 'JwtRejectionWarning');
}

/** A manager whose store has no tables. */
function withoutTables(): JwtManager {
  const store = intervenedStore(new MemoryTokenStore(), () => {
    throw new Error(leak);
  });
  return testManager({ store });
}

const advice =
  "Listen to the event 'rejected' of the JwtManager to get the cause and the request. " +
  'This warning is shown once for each reason.';

describe('a 5xx that no listener hears of', () => {
  // G3, G4
  it('is a process warning, once for each reason, with nothing of its cause', async () => {
    const manager = withoutTables();

    @JsonController()
    class Routes {
      @Post('/login')
      login() {
        return manager.createTokenPair('ada');
      }

      @Get('/hook')
      @JwtRequired({
        locations: [
          {
            name: 'Place',
            read: () => {
              throw new Error(leak);
            },
          },
        ],
      })
      hook() {
        return {};
      }

      @Get('/misused')
      misused() {
        return manager.createAccessToken('');
      }
    }
    const authorizationChecker = createAuthorizationChecker(manager);
    const app = await startApp({ controllers: [Routes], authorizationChecker });
    const warnings = await warningsOf(async () => {
      for (let round = 0; round < 2; round++) {
        expect((await request(`${app.url}/login`, { method: 'POST' })).status).to.equal(503);
        expect((await request(`${app.url}/hook`)).status).to.equal(503);
        expect((await request(`${app.url}/misused`)).status).to.equal(500);
        expect((await getWith(`${app.url}/hook`, 'x')).status).to.equal(503);
      }
    });
    await app.close();
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      `ERR_JWT_STORE: store.createSession threw. ${advice}`,
      `ERR_JWT_HOOK: unexpected error. ${advice}`,
      `ERR_JWT_CONFIGURATION: identity must be a string of 1 to 255 characters without control characters. ${advice}`,
    ]);
  });

  it('is no warning when a listener or a tracing tool hears of it', async () => {
    const manager = withoutTables();
    const channel = 'routing-controllers-jwt:rejected';
    const ignore = () => undefined;
    expect(
      await warningsOf(() => {
        subscribe(channel, ignore);
        coreOf(manager).report(new HookFailedError());
        unsubscribe(channel, ignore);
        manager.on('rejected', ignore);
        coreOf(manager).report(new HookFailedError());
      }),
    ).to.deep.equal([]);
  });

  it('is a warning of each manager, and a 4xx is none', async () => {
    expect(
      await warningsOf(() => {
        for (const manager of [testManager(), testManager()]) {
          coreOf(manager).report(new TokenInvalidError());
          coreOf(manager).report(new HookFailedError());
        }
      }),
    ).to.have.length(2);
  });

  it('fills no log when an application creates reasons without end', async () => {
    const manager = testManager();
    const warnings = await warningsOf(() => {
      for (let count = 0; count < 200; count++)
        coreOf(manager).report(new ConfigurationError(`wrong: ${String(count)}`));
    });
    expect(warnings).to.have.length(100);
  });

  it('changes nothing for the request where warnings cannot be emitted', async () => {
    const manager = withoutTables();
    const usual = Object.getOwnPropertyDescriptor(process, 'emitWarning') as PropertyDescriptor;
    process.emitWarning = () => {
      throw new Error('no warnings here');
    };
    try {
      expect(() => {
        coreOf(manager).report(new HookFailedError());
      }).not.to.throw();
    } finally {
      Object.defineProperty(process, 'emitWarning', usual);
    }
  });
});

describe('a failure of the store in a call of the application', () => {
  const calls: Readonly<Record<string, (manager: JwtManager, refresh: string) => Promise<unknown>>> = {
    createTokenPair: (manager) => manager.createTokenPair('ada'),
    createRefreshToken: (manager) => manager.createRefreshToken('ada'),
    refresh: (manager, refresh) => manager.refresh(refresh),
    revoke: (manager, refresh) => manager.revoke(refresh),
    revokeSession: (manager) => manager.revokeSession('sid'),
    revokeAll: (manager) => manager.revokeAll('ada'),
    forget: (manager) => manager.forget('ada'),
    listSessions: (manager) => manager.listSessions('ada'),
  };

  function heardFrom(manager: JwtManager): RejectedEvent[] {
    const heard: RejectedEvent[] = [];
    manager.on('rejected', (event) => heard.push(event));
    return heard;
  }

  afterEach(() => {
    mock.timers.reset();
  });

  for (const [name, call] of Object.entries(calls)) {
    it(`is reported once, with its cause: ${name}`, async () => {
      const { refresh_token } = await testManager().createTokenPair('ada');
      const manager = withoutTables();
      const heard = heardFrom(manager);
      mock.timers.enable({ apis: ['setTimeout'] });
      await refusalOf(call(manager, refresh_token), StoreUnavailableError);
      mock.timers.tick(2000);
      expect(heard.map(({ code, cause, method }) => [code, (cause as Error).message, method])).to.deep.equal([
        ['ERR_JWT_STORE', leak, undefined],
      ]);
    });
  }

  it('is a warning where nothing listens', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const warnings = await warningsOf(async () => {
      await refusalOf(withoutTables().createTokenPair('ada'), StoreUnavailableError);
      mock.timers.tick(2000);
    });
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      `ERR_JWT_STORE: store.createSession threw. ${advice}`,
    ]);
  });

  describeOnDrivers('behind a controller', () => {
    for (const checkedBy of ['it', 'another manager'])
      it(`is reported once, with its request unless the method catches it: checked by ${checkedBy}`, async () => {
        const store = intervenedStore(new MemoryTokenStore(), (verb, ask) => {
          if (verb === 'isRevoked') return ask();
          throw new Error(leak);
        });
        const [manager, other] = [testManager({ store }), testManager()];
        const [heard, heardByOther] = [heardFrom(manager), heardFrom(other)];

        @JsonController()
        class Routes {
          @Post('/login')
          login() {
            return manager.createTokenPair('ada');
          }

          @Post('/rollback')
          async rollback() {
            try {
              return await manager.createTokenPair('ada');
            } finally {
              await setTimeout(50);
            }
          }

          @Post('/user')
          @JwtRequired({ optional: true })
          user(@CurrentUser() user: unknown) {
            return { user };
          }

          @Post('/careful')
          async careful() {
            return { isIn: await manager.createTokenPair('ada').then(Boolean, () => false) };
          }
        }
        const checkedManager = checkedBy === 'it' ? manager : other;
        const currentUserChecker = () => manager.listSessions('ada');
        const authorizationChecker = createAuthorizationChecker(checkedManager, { currentUserChecker });
        const token = await testManager({ store: false }).createAccessToken('ada');
        const app = await startApp({ controllers: [Routes], authorizationChecker });
        expect((await request(`${app.url}/login`, { method: 'POST' })).status).to.equal(503);
        expect((await request(`${app.url}/rollback`, { method: 'POST' })).status).to.equal(503);
        const headers = { Authorization: `Bearer ${token}` };
        expect((await request(`${app.url}/user`, { method: 'POST', headers })).status).to.equal(503);
        expect((await request(`${app.url}/careful`, { method: 'POST' })).body).to.deep.equal({ isIn: false });
        await setTimeout(2100);
        await app.close();
        expect([...heardByOther, ...heard].map(({ code, path }) => [code, path])).to.deep.equal([
          ['ERR_JWT_STORE', '/login'],
          ['ERR_JWT_STORE', '/rollback'],
          ['ERR_JWT_HOOK', '/user'],
          ['ERR_JWT_STORE', undefined],
        ]);
        expect(heardByOther).to.have.length(checkedBy === 'it' ? 0 : 3);
      });
  });
});
