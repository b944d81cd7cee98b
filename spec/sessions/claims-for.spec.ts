import { expect } from 'chai';
import { IsEmail } from 'class-validator';
import {
  JwtManager,
  KeySet,
  MemoryTokenStore,
  type ClaimsFor,
  type IssueOptions,
  type Session,
} from '../../src';
import { ConfigurationError, HookFailedError, TokenRevokedError } from '../../src/errors/errors';
import { reasonFor } from '../../src/errors/errors';
import { itInFull } from '../support/full';
import { secret, testClock } from '../support/manager';
import { refusalOf } from '../support/rejected';
import {
  claimsOf,
  expectDead,
  outcomeOf,
  rowOf,
  sessionIdOf,
  sessionWorld,
  type SessionWorld,
} from '../support/session-world';
import { keyPairFor } from '../support/keys';

type Hook = ClaimsFor<Record<string, unknown>>;

const fault = new Error('the database is gone');

/** A world whose claimsFor can be exchanged. */
function worldWith(hook: Hook): SessionWorld & { hook: Hook; asked: [string, Session][] } {
  const asked: [string, Session][] = [];
  const claimsFor: Hook = (...args) => {
    asked.push(args);
    return world.hook(...args);
  };
  const world = { ...sessionWorld({ claimsFor, hookTimeout: 1 }), hook, asked };
  return world;
}

const login: IssueOptions = {
  roles: 'admin',
  scopes: 'read write',
  claims: { plan: 'paid' },
  audience: 'web',
};

describe('claimsFor', () => {
  it('is asked at each refresh, with the identity and the session as it stands', async () => {
    const world = worldWith(() => ({}));
    const { manager, clock, asked } = world;
    const first = await manager.createTokenPair('ada', { session: { label: 'laptop' } });
    expect(asked).to.deep.equal([]);
    clock.advance(60);
    const second = await manager.refresh(first.refresh_token);
    clock.advance(60);
    await manager.refresh(second.refresh_token);
    expect(
      asked.map(([identity, { id, generation, label }]) => [identity, id, generation, label]),
    ).to.deep.equal([
      ['ada', sessionIdOf(first), 0, 'laptop'],
      ['ada', sessionIdOf(first), 1, 'laptop'],
    ]);
  });

  const answers: [string, IssueOptions, object][] = [
    ['nothing but an empty answer', {}, {}],
    ['roles', { roles: ['member'] }, { roles: ['member'] }],
    ['no role at all', { roles: [] }, {}],
    ['scopes', { scopes: ['read'] }, { scope: 'read' }],
    ['claims', { claims: { plan: 'free' } }, { plan: 'free' }],
  ];
  for (const [name, answer, expected] of answers) {
    it(`replaces roles, scopes and claims as a whole: ${name}`, async () => {
      const world = sessionWorld({ audience: ['api', 'web'], claimsFor: async () => answer });
      const first = await world.manager.createTokenPair('ada', login);
      world.clock.advance(30);
      const next = claimsOf(await world.manager.refresh(first.refresh_token));
      const { sub, sid, csrf, auth_time } = claimsOf(first).access;
      const now = world.now();
      // Audience and the time of the login stay, where the answer does not name an audience.
      const common = { ...expected, sub, sid, csrf, auth_time, aud: 'web', iat: now, nbf: now };
      const { jti, ...access } = next.access;
      expect(jti).to.be.a('string');
      expect(access).to.deep.equal({ ...common, exp: now + 900 });
      expect(next.refresh).to.deep.include({ ...common, gen: 1 });
    });
  }

  it('may name an audience and the lifetime of the access token; it cannot make a login fresh', async () => {
    const world = sessionWorld({
      audience: ['api', 'web'],
      claimsFor: () => ({ audience: 'api', expiresIn: '1m', fresh: true }),
    });
    const { manager, clock, now } = world;
    const start = now();
    const first = await manager.createTokenPair('ada', login);
    clock.advance(30);
    const next = await manager.refresh(first.refresh_token);
    expect(next.expires_in).to.equal(60);
    for (const claims of Object.values(claimsOf(next)))
      expect(claims).to.include({ aud: 'api', auth_time: start });
    expect(claimsOf(next).refresh).to.include({ exp: now() + 30 * 86_400 });
    const stale = await manager.refresh(await manager.createRefreshToken('ada'));
    expect(claimsOf(stale).access).not.to.have.property('auth_time');
  });

  it('that answers null ends the session, and operators hear of it', async () => {
    const world = worldWith(async () => null);
    const { manager, told } = world;
    const first = await manager.createTokenPair('ada');
    const other = await manager.createTokenPair('ada');
    told.splice(0);
    const error = await refusalOf(manager.refresh(first.refresh_token), TokenRevokedError);
    const { access, refresh } = claimsOf(first);
    const sessionId = String(access['sid']);
    expect(told).to.deep.equal([
      ['sessionRevoked', { identity: 'ada', sessionId }],
      [
        'rejected',
        {
          code: 'ERR_JWT_REVOKED',
          error,
          reason: 'claimsFor answered null',
          identity: 'ada',
          tokenId: refresh['jti'],
          sessionId,
        },
      ],
    ]);
    await expectDead(world, first);
    await manager.verify(other.access_token);
  });

  it('sees two who are refused at once end the session once', async () => {
    const { manager, told } = worldWith(async () => null);
    const { refresh_token: text } = await manager.createTokenPair('ada');
    const outcomes = await Promise.all([text, text].map((token) => outcomeOf(manager.refresh(token))));
    expect(outcomes).to.deep.equal(['ERR_JWT_REVOKED', 'ERR_JWT_REVOKED']);
    expect(told.filter(([name]) => name === 'sessionRevoked')).to.have.length(1);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const failures: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw fault;
      },
    ],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
    ],
    [
      'throws a refusal of ours',
      () => {
        throw new TokenRevokedError();
      },
    ],
    ['rejects', () => Promise.reject(fault)],
    ['hangs', () => new Promise(() => undefined)],
    ['answers nothing', () => undefined],
    ['answers false', () => false],
    ['answers true', () => true],
    ['answers text', () => 'admin'],
    ['answers a list', () => [{ roles: 'admin' }]],
    ['answers a Map', () => new Map([['roles', 'admin']])],
    ['answers an option that does not exist', () => ({ role: 'admin' })],
    ['answers roles that are none', () => ({ roles: [1] })],
    ['answers a scope that is none', () => ({ scopes: 'a"b' })],
    ['answers a lifetime without a unit', () => ({ expiresIn: '3600' })],
    ['answers an empty audience', () => ({ audience: [] })],
    ['answers a claim of ours', () => ({ claims: { sub: 'root' } })],
    ['answers claims with a cycle', () => ({ claims: cyclic })],
    ['answers claims that do not fit into a token', () => ({ claims: { text: 'x'.repeat(7000) } })],
    [
      'answers more roles than fit into a token',
      () => ({ roles: Array.from({ length: 40 }, (_, index) => String(index).padEnd(255, 'x')) }),
    ],
    [
      'answers what throws when it is read',
      () =>
        Object.defineProperty({}, 'roles', {
          get: () => {
            throw fault;
          },
          enumerable: true,
        }),
    ],
  ];
  for (const [name, hook] of failures) {
    it(`that ${name} is a 503, and the session is untouched`, async () => {
      const world = worldWith(hook as Hook);
      const { manager, told } = world;
      const first = await manager.createTokenPair('ada');
      const before = await rowOf(world, first);
      told.splice(0);
      const error = await refusalOf(manager.refresh(first.refresh_token), HookFailedError);
      expect(error).to.include({ status: 503, code: 'ERR_JWT_HOOK' });
      expect(error.headers).to.deep.equal({ 'Cache-Control': 'no-store', 'Retry-After': '1' });
      expect(reasonFor(error)).to.include({ reason: 'claimsFor' });
      expect(told.map(([event]) => event)).to.deep.equal(['rejected']);
      expect(await rowOf(world, first)).to.deep.equal(before);
      await manager.verify(first.access_token);
      world.hook = () => ({ roles: 'member' });
      expect(claimsOf(await manager.refresh(first.refresh_token)).refresh).to.include({ gen: 1 });
    });
  }

  itInFull('that answers too late, or rejects then, changes nothing any more', async () => {
    const settle: { resolve: (answer: null) => void; reject: (error: Error) => void }[] = [];
    const world = worldWith(() => new Promise<null>((resolve, reject) => settle.push({ resolve, reject })));
    const { manager } = world;
    const first = await manager.createTokenPair('ada');
    const attempts = [1, 2].map(() => outcomeOf(manager.refresh(first.refresh_token)));
    expect(await Promise.all(attempts)).to.deep.equal(['ERR_JWT_HOOK', 'ERR_JWT_HOOK']);
    settle[0]?.resolve(null);
    settle[1]?.reject(fault);
    await new Promise(setImmediate);
    expect(await rowOf(world, first))
      .to.include({ generation: 0 })
      .and.not.have.property('revokedAt');
  });

  it('whose claims do not fit their class is a 503 before the session moves on', async () => {
    class UserClaims {
      @IsEmail()
      email!: string;
    }
    let email = 'no address';
    const manager = new JwtManager({ secret, claims: UserClaims, claimsFor: () => ({ claims: { email } }) });
    const { refresh_token: text } = await manager.createTokenPair('ada', { claims: { email: 'a@b.test' } });
    await refusalOf(manager.refresh(text), HookFailedError);
    email = 'c@d.test';
    expect(claimsOf(await manager.refresh(text)).refresh).to.include({ gen: 1, email });
  });

  it('is asked before the session moves on, and its answer is for all who come within the window', async () => {
    const world = worldWith(async (_, session) => {
      seen.push(session.generation, (await rowOf(world, first))?.generation);
      return { roles: 'member' };
    });
    const seen: unknown[] = [];
    const first = await world.manager.createTokenPair('ada');
    const second = await world.manager.refresh(first.refresh_token);
    const again = await world.manager.refresh(first.refresh_token);
    expect(seen).to.deep.equal([0, 0, 1, 1]);
    expect(again.refresh_token).to.equal(second.refresh_token);
  });

  const dead: [string, (world: SessionWorld) => Promise<string>][] = [
    [
      'that was used before its predecessor',
      async ({ manager }) => {
        const first = await manager.createTokenPair('ada');
        const second = await manager.refresh(first.refresh_token);
        await manager.refresh(second.refresh_token);
        return first.refresh_token;
      },
    ],
    [
      'of a session that is logged out',
      async ({ manager }) => {
        const pair = await manager.createTokenPair('ada');
        await manager.revokeSession(sessionIdOf(pair));
        return pair.refresh_token;
      },
    ],
    [
      'that was consumed, once the window is over',
      async ({ manager, clock }) => {
        const { refresh_token: text } = await manager.createTokenPair('ada');
        await manager.refresh(text);
        clock.advance(11);
        return text;
      },
    ],
    [
      'that was revoked alone',
      async ({ manager }) => {
        const { refresh_token: text } = await manager.createTokenPair('ada');
        await manager.revoke(text);
        return text;
      },
    ],
    [
      'that has expired',
      async ({ manager, clock }) => {
        const text = await manager.createRefreshToken('ada', { expiresIn: 10 });
        clock.advance(10);
        return text;
      },
    ],
    [
      'of a session that the store does not know',
      async ({ clock }) => sessionWorld({ clock }).manager.createRefreshToken('ada'),
    ],
    ['that is none', async () => 'a.b.c'],
    ['that is an access token', async ({ manager }) => manager.createAccessToken('ada')],
  ];
  for (const [name, make] of dead) {
    it(`is not asked for a token ${name}`, async () => {
      const world = worldWith(() => ({}));
      const text = await make(world);
      world.asked.splice(0);
      expect(await outcomeOf(world.manager.refresh(text))).to.match(
        /^ERR_JWT_(REVOKED|REFRESH_REUSED|EXPIRED|INVALID|TYPE)$/,
      );
      expect(world.asked).to.deep.equal([]);
    });
  }

  it('may be no function', () => {
    for (const claimsFor of [null, {}, 'member', true]) {
      const construct = () => new JwtManager({ secret, claimsFor } as never);
      expect(construct).to.throw(ConfigurationError, 'claimsFor must be a function of identity and session');
    }
  });
});

describe('a manager that can verify but not sign', () => {
  it('refuses a refresh before the store is touched, so that the session lives', async () => {
    const clock = testClock();
    const store = new MemoryTokenStore({ clock });
    const { privatePem, publicPem } = keyPairFor('ES256');
    const managerWith = (pem: string) =>
      new JwtManager({
        keys: KeySet.fromPem(pem, { algorithm: 'ES256', kid: 'one' }),
        store,
        clock,
        rotationGrace: 0,
      });
    const signing = managerWith(privatePem);
    const { refresh_token: text } = await signing.createTokenPair('ada');
    await refusalOf(managerWith(publicPem).refresh(text), ConfigurationError);
    expect(claimsOf(await signing.refresh(text)).refresh).to.include({ gen: 1 });
  });
});
