import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  JwtRequired,
  type IssueOptions,
  type RejectedEvent,
  type Token,
} from '../../src';
import { getWith, startApp, type RunningApp } from '../support/app';
import { testClock, testManager } from '../support/manager';

let ran = 0;

@JsonController('/demands')
class DemandRoutes {
  @Get('/fresh')
  @JwtRequired({ fresh: true })
  fresh() {
    return { ran: ++ran };
  }

  @Get('/fresh-5m')
  @JwtRequired({ fresh: '5m' })
  fresh5m() {
    return { ran: ++ran };
  }

  @Get('/not-fresh')
  @JwtRequired({ fresh: false })
  notFresh() {
    return { ran: ++ran };
  }

  @Get('/role')
  @JwtRequired({ roles: 'admin' })
  role() {
    return { ran: ++ran };
  }

  @Get('/roles')
  @JwtRequired({ roles: ['admin', 'clerk'] })
  roles() {
    return { ran: ++ran };
  }

  @Get('/deny')
  @JwtRequired({ roles: { deny: ['guest', 'suspended'] } })
  deny() {
    return { ran: ++ran };
  }

  @Get('/scope')
  @JwtRequired({ scopes: 'posts:read posts:write' })
  scope() {
    return { ran: ++ran };
  }

  @Get('/scopes-any')
  @JwtRequired({ scopes: { any: ['a', 'b'] } })
  scopesAny() {
    return { ran: ++ran };
  }

  @Get('/check')
  @JwtRequired({
    check: (token, action) => token.identity === (action.context as { query: { who?: string } }).query.who,
  })
  check() {
    return { ran: ++ran };
  }

  @Get('/check-async')
  @JwtRequired({ check: () => Promise.resolve(true) })
  checkAsync() {
    return { ran: ++ran };
  }

  @Get('/check-throws')
  @JwtRequired({
    check: () => {
      throw new Error('a secret reason');
    },
  })
  checkThrows() {
    return { ran: ++ran };
  }

  @Get('/check-rejects')
  @JwtRequired({ check: () => Promise.reject(new Error('a secret reason')) })
  checkRejects() {
    return { ran: ++ran };
  }

  @Get('/check-truthy')
  @JwtRequired({ check: () => 1 as unknown as boolean })
  checkTruthy() {
    return { ran: ++ran };
  }

  @Get('/check-undefined')
  @JwtRequired({ check: () => undefined as unknown as boolean })
  checkUndefined() {
    return { ran: ++ran };
  }

  @Get('/check-hangs')
  @JwtRequired({ check: () => new Promise<boolean>(() => undefined) })
  checkHangs() {
    return { ran: ++ran };
  }
}

const denied = {
  status: 403,
  body: { msg: 'Permission denied', code: 'ERR_JWT_DENIED' },
  challenge: 'Bearer realm="api", error="insufficient_scope", error_description="Permission denied"',
};

const stale = (maxAge: number) => ({
  status: 401,
  body: { msg: 'Fresh token required', code: 'ERR_JWT_NOT_FRESH' },
  challenge:
    'Bearer realm="api", error="insufficient_user_authentication", ' +
    `error_description="Fresh token required", max_age="${String(maxAge)}"`,
});

const missing = (scope: string) => ({ ...denied, challenge: `${denied.challenge}, scope="${scope}"` });
const admitted = { status: 200 };

describe('what a route demands', () => {
  const clock = testClock();
  const jwtManager = testManager({ clock, freshFor: '10m', hookTimeout: 1 });
  const events: RejectedEvent[] = [];
  let app: RunningApp;

  before(async () => {
    jwtManager.on('rejected', (event) => events.push(event));
    app = await startApp({
      controllers: [DemandRoutes],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
  });

  after(() => app.close());

  const cases: [path: string, token: IssueOptions, seconds: number, answer: object][] = [
    ['/fresh', { fresh: true }, 0, admitted],
    ['/fresh', { fresh: true }, 600, admitted],
    ['/fresh', { fresh: true }, 601, stale(600)],
    ['/fresh', {}, 0, stale(600)],
    ['/fresh-5m', { fresh: true }, 300, admitted],
    ['/fresh-5m', { fresh: true }, 301, stale(300)],
    ['/not-fresh', {}, 0, admitted],
    ['/role', { roles: 'admin' }, 0, admitted],
    ['/role', { roles: ['clerk', 'admin'] }, 0, admitted],
    ['/role', { roles: 'Admin' }, 0, denied],
    ['/role', { roles: 'admin2' }, 0, denied],
    ['/role', {}, 0, denied],
    ['/roles', { roles: ['clerk'] }, 0, admitted],
    ['/roles', { roles: ['boss'] }, 0, denied],
    ['/deny', { roles: ['member'] }, 0, admitted],
    ['/deny', { roles: ['member', 'guest'] }, 0, denied],
    ['/deny', {}, 0, denied],
    ['/scope', { scopes: ['posts:write', 'posts:read'] }, 0, admitted],
    ['/scope', { scopes: 'posts:write posts:read other' }, 0, admitted],
    ['/scope', { scopes: ['posts:write'] }, 0, missing('posts:read posts:write')],
    ['/scope', {}, 0, missing('posts:read posts:write')],
    ['/scopes-any', { scopes: ['b'] }, 0, admitted],
    ['/scopes-any', { scopes: ['c'] }, 0, missing('a b')],
    ['/check?who=ada', {}, 0, admitted],
    ['/check?who=bob', {}, 0, denied],
    ['/check-async', {}, 0, admitted],
    ['/check-throws', {}, 0, denied],
    ['/check-rejects', {}, 0, denied],
    ['/check-truthy', {}, 0, denied],
    ['/check-undefined', {}, 0, denied],
    ['/check-hangs', {}, 0, denied],
  ];

  for (const [path, options, seconds, answer] of cases) {
    const verdict = 'body' in answer ? 'refuses' : 'admits';
    it(`${path} ${verdict} ${JSON.stringify(options)} after ${String(seconds)} s`, async () => {
      const before = ran;
      const token = await jwtManager.createAccessToken('ada', options);
      clock.advance(seconds);
      expect(await getWith(`${app.url}/demands${path}`, token)).to.deep.include(answer);
      expect(ran - before).to.equal(verdict === 'admits' ? 1 : 0);
    });
  }

  it('tells operators whom it refused, and what the check threw', async () => {
    const token = await jwtManager.createAccessToken('ada');
    await getWith(`${app.url}/demands/check-throws`, token);
    const { id } = await jwtManager.verify(token);
    const event = events.at(-1) as RejectedEvent;
    expect(event).to.deep.include({
      code: 'ERR_JWT_DENIED',
      reason: 'check',
      identity: 'ada',
      tokenId: id,
      sessionId: undefined,
      method: 'GET',
      path: '/demands/check-throws',
      ip: '127.0.0.1',
    });
    expect(event.cause).to.be.instanceOf(Error).with.property('message', 'a secret reason');
  });

  it('types the claims of the token that a check sees', () => {
    class UserClaims {
      tenant!: string;
    }
    class Typed {
      @JwtRequired({ check: (token: Token<UserClaims>) => token.claims.tenant === 'acme' })
      method() {}
    }
    expect(new Typed()).to.be.instanceOf(Typed);
  });
});
