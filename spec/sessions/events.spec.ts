import { expect } from 'chai';
import { IsEmail } from 'class-validator';
import {
  JwtManager,
  MemoryTokenStore,
  type IssuedEvent,
  type ManagerEvents,
  type RejectedEvent,
  type TokenPair,
} from '../../src';
import { ConfigurationError, InvalidRequestError, JwtError } from '../../src/errors/errors';
import { forge, partsOf } from '../support/forge';
import { secret, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { claimsOf, outcomeOf, rowOf, sessionIdOf, sessionWorld, without } from '../support/session-world';

const seen = { userAgent: 'Firefox', ip: '192.0.2.1' };
const elsewhere = { userAgent: 'curl', ip: '203.0.113.9' };

describe('operators hear', () => {
  it('of both tokens of a login and of a refresh, without their text', async () => {
    const clock = testClock();
    const issued: IssuedEvent[] = [];
    const manager = testManager({ clock }).on('issued', (event) => issued.push(event));
    const first = await manager.createTokenPair('ada');
    clock.advance(60);
    const second = await manager.refresh(first.refresh_token);
    const expected = [first, second].flatMap((pair) =>
      (['access', 'refresh'] as const).map((type) => {
        const { jti, sid, exp } = claimsOf(pair)[type];
        const expiresAt = new Date(Number(exp) * 1000);
        return { type, identity: 'ada', tokenId: jti, sessionId: sid, expiresAt };
      }),
    );
    expect(issued).to.deep.equal(expected);
  });

  it('of a session that begins', async () => {
    const world = sessionWorld();
    const { manager, told } = world;
    const pair = await manager.createTokenPair('ada', { session: { ...seen, label: 'laptop' } });
    const session = await rowOf(world, pair);
    const sessionId = sessionIdOf(pair);
    expect(told).to.deep.equal([
      ['sessionCreated', { identity: 'ada', sessionId, generation: 0, session, ...seen }],
    ]);
  });

  it('of a session that moves on, with where it was seen', async () => {
    const world = sessionWorld();
    const { manager, told } = world;
    const first = await manager.createTokenPair('ada', { session: seen });
    const sessionId = sessionIdOf(first);
    told.splice(0);
    const second = await manager.refresh(first.refresh_token);
    const row = await rowOf(world, first);
    await manager.refresh(second.refresh_token, { session: elsewhere });
    const session = await rowOf(world, first);
    expect(told).to.deep.equal([
      ['sessionRotated', { identity: 'ada', sessionId, generation: 1, session: row, ...seen }],
      ['sessionRotated', { identity: 'ada', sessionId, generation: 2, session, ...elsewhere }],
    ]);
  });

  it('of a second use within the window, with where it came from', async () => {
    const world = sessionWorld();
    const { manager, told } = world;
    const first = await manager.createTokenPair('ada', { session: seen });
    await manager.refresh(first.refresh_token);
    told.splice(0);
    await manager.refresh(first.refresh_token, { session: elsewhere });
    const session = await rowOf(world, first);
    const sessionId = sessionIdOf(first);
    expect(session).to.include(seen);
    expect(told).to.deep.equal([
      ['sessionReplayed', { identity: 'ada', sessionId, generation: 1, session, ...elsewhere }],
    ]);
  });

  for (const [name, session, from] of [
    ['with where it came from', elsewhere, elsewhere],
    ['and never with where the victim was', undefined, { userAgent: undefined, ip: undefined }],
  ] as const) {
    it(`F2: of a theft once, ${name}`, async () => {
      const world = sessionWorld();
      const { manager, told } = world;
      const first = await manager.createTokenPair('ada', { session: seen });
      const second = await manager.refresh(first.refresh_token);
      await manager.refresh(second.refresh_token);
      told.splice(0);
      const error = await refusalOf(manager.refresh(first.refresh_token, { session }), JwtError);
      const row = await rowOf(world, first);
      const sessionId = sessionIdOf(first);
      expect(row).to.include({ ...seen, generation: 2, revokedAt: world.now() });
      expect(told).to.deep.equal([
        ['sessionReused', { identity: 'ada', sessionId, generation: 0, session: row, ...from }],
        [
          'rejected',
          {
            code: 'ERR_JWT_REFRESH_REUSED',
            error,
            reason: 'reused',
            identity: 'ada',
            tokenId: claimsOf(first).refresh['jti'],
            sessionId,
          },
        ],
      ]);
      for (const { refresh_token: text } of [first, second]) {
        await refusalOf(manager.refresh(text), JwtError);
        await refusalOf(manager.verify(text, { type: 'refresh' }), JwtError);
      }
      expect(told.filter(([event]) => event === 'sessionReused')).to.have.length(1);
    });
  }

  it('of a theft on a session that was logged out: no, it ended already', async () => {
    const { manager, told } = sessionWorld();
    const first = await manager.createTokenPair('ada');
    await manager.refresh(first.refresh_token);
    await manager.revokeSession(sessionIdOf(first));
    expect(await outcomeOf(manager.refresh(first.refresh_token))).to.equal('ERR_JWT_REFRESH_REUSED');
    expect(told.map(([name]) => name)).not.to.include('sessionReused');
  });

  it('of nothing any more once they have taken their listener back', async () => {
    const { manager } = sessionWorld();
    const heard: unknown[] = [];
    const listener = (event: unknown) => heard.push(event);
    expect(manager.on('sessionCreated', listener)).to.equal(manager);
    await manager.createTokenPair('ada');
    expect(manager.off('sessionCreated', listener)).to.equal(manager);
    await manager.createTokenPair('ada');
    expect(heard).to.have.length(1);
  });

  it('of a logout, once', async () => {
    const { manager, told } = sessionWorld();
    const sessionId = sessionIdOf(await manager.createTokenPair('ada'));
    told.splice(0);
    for (let time = 0; time < 2; time++) await manager.revokeSession(sessionId);
    expect(told).to.deep.equal([['sessionRevoked', { identity: 'ada', sessionId }]]);
  });

  it('of a logout everywhere, with whom it spared', async () => {
    const { manager, told } = sessionWorld();
    await manager.revokeAll('ada');
    await manager.revokeAll('ada', { except: 'this' });
    const event = { identity: 'ada', sessionId: undefined };
    expect(told).to.deep.equal([
      ['sessionRevoked', { ...event, exceptSessionId: undefined }],
      ['sessionRevoked', { ...event, exceptSessionId: 'this' }],
    ]);
  });
});

describe('operators hear of a refusal', () => {
  class UserClaims {
    @IsEmail()
    email!: string;
  }

  const clock = testClock();
  const store = new MemoryTokenStore({ clock });
  const events: RejectedEvent[] = [];
  const manager = new JwtManager({ secret, clock, store, audience: 'api', claims: UserClaims });
  manager.on('rejected', (event) => events.push(event));
  const other = new JwtManager({ secret, clock, store, audience: 'web' });
  const claims = { email: 'ada@example.test' };
  let pair: TokenPair;

  beforeEach(async () => {
    pair = await manager.createTokenPair('ada', { claims });
    events.splice(0);
  });

  /** @returns the refusal and whose token it says it was */
  async function told(attempt: Promise<unknown>): Promise<{ error: JwtError; owner: object }> {
    const error = await refusalOf(attempt, JwtError);
    expect(events).to.have.length(1);
    const [event] = events as [RejectedEvent];
    const { identity, tokenId, sessionId, reason, ...rest } = event;
    expect(without(rest, 'cause')).to.deep.equal({ code: error.code, error });
    expect(reason).to.be.a('string');
    return { error, owner: { identity, tokenId, sessionId } };
  }

  function ownerIn(text: string): object {
    const { sub: identity, jti: tokenId, sid: sessionId } = partsOf(text).claims;
    return { identity, tokenId, sessionId };
  }

  const cases: [string, () => Promise<{ text: string; attempt: Promise<unknown> }>, string][] = [
    [
      'of a session that is logged out',
      async () => {
        await manager.revokeSession(sessionIdOf(pair));
        return { text: pair.access_token, attempt: manager.verify(pair.access_token) };
      },
      'ERR_JWT_REVOKED',
    ],
    [
      'at a refresh of it',
      async () => {
        await manager.revokeSession(sessionIdOf(pair));
        return { text: pair.refresh_token, attempt: manager.refresh(pair.refresh_token) };
      },
      'ERR_JWT_REVOKED',
    ],
    [
      'that expired',
      async () => {
        const text = await manager.createAccessToken('ada', { claims, expiresIn: 1 });
        clock.advance(1);
        return { text, attempt: manager.verify(text) };
      },
      'ERR_JWT_EXPIRED',
    ],
    [
      'of the other type',
      async () => ({ text: pair.refresh_token, attempt: manager.verify(pair.refresh_token) }),
      'ERR_JWT_TYPE',
    ],
    [
      'for another audience',
      async () => {
        const text = await other.createAccessToken('ada', { claims });
        return { text, attempt: manager.verify(text) };
      },
      'ERR_JWT_INVALID',
    ],
    [
      'whose claims do not fit their class',
      async () => {
        const text = await other.createAccessToken('ada', { audience: 'api', claims: { email: 1 } });
        return { text, attempt: manager.verify(text) };
      },
      'ERR_JWT_INVALID',
    ],
  ];
  for (const [name, arrange, code] of cases) {
    it(`with whose token it was: one ${name}`, async () => {
      const { text, attempt } = await arrange();
      const { error, owner } = await told(attempt);
      expect(error.code).to.equal(code);
      expect(owner).to.deep.equal(ownerIn(text));
    });
  }

  it('with whose token it was when their class throws', async () => {
    class Broken {
      @IsEmail()
      get email(): string {
        throw new Error('broken');
      }
    }
    const broken = new JwtManager({ secret, clock, store, audience: 'api', claims: Broken as never });
    broken.on('rejected', (event) => events.push(event));
    const { owner } = await told(broken.verify(pair.access_token));
    expect(owner).to.deep.equal(ownerIn(pair.access_token));
  });

  it('with no more than may be told, when the claims are not what they should be', async () => {
    const { header, claims: good } = partsOf(pair.access_token);
    const text = forge(header, { ...good, sub: { $ne: '' }, jti: 'a\nb', sid: undefined }, secret);
    const { owner } = await told(manager.verify(text));
    expect(owner).to.deep.equal({ identity: undefined, tokenId: undefined, sessionId: undefined });
  });

  it('without an owner, when nobody says so with a signature', async () => {
    const { header, claims: good } = partsOf(pair.access_token);
    for (const text of [forge(header, good, 'x'.repeat(40)), 'a.b.c', '']) {
      events.splice(0);
      const { owner } = await told(manager.verify(text));
      expect(owner).to.deep.equal({ identity: undefined, tokenId: undefined, sessionId: undefined });
      expect(events[0]).not.to.have.any.keys('identity', 'tokenId', 'sessionId');
    }
  });

  it('that is a mistake of the application or of the request', async () => {
    const { error } = await told(manager.verify(pair.access_token, { typ: 'access' } as object));
    expect(error).to.be.instanceOf(ConfigurationError);
    events.splice(0);
    const request = await told(manager.refresh(undefined as never));
    expect(request.error).to.be.instanceOf(InvalidRequestError);
  });

  it('not at all when no JWT error is thrown: it is not ours to tell', async () => {
    const broken = new JwtManager({
      secret,
      clock: () => {
        throw new RangeError('no time');
      },
    });
    broken.on('rejected', (event) => events.push(event));
    await refusalOf(broken.verify(pair.access_token), RangeError);
    expect(events).to.deep.equal([]);
  });
});

describe('a listener', () => {
  const failures: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ];
  const names = Object.keys({
    issued: 0,
    rejected: 0,
    sessionCreated: 0,
    sessionRotated: 0,
    sessionReplayed: 0,
    sessionReused: 0,
    sessionRevoked: 0,
  } satisfies Record<keyof ManagerEvents, 0>) as (keyof ManagerEvents)[];

  for (const [failure, listener] of failures) {
    for (const name of names) {
      it(`of ${name} that ${failure} changes nothing, and is warned of once`, async () => {
        const warnings: Error[] = [];
        const note = (warning: Error) => warnings.push(warning);
        process.on('warning', note);
        const world = sessionWorld();
        const { manager, told } = world;
        // Before the one that notes what it is told.
        const deaf = testManager({ clock: world.clock, store: world.store }).on(name, listener);
        manager.on(name, listener);
        for (const subject of [deaf, manager]) {
          const first = await subject.createTokenPair('ada');
          const second = await subject.refresh(first.refresh_token);
          expect((await subject.refresh(first.refresh_token)).refresh_token).to.equal(second.refresh_token);
          await subject.refresh(second.refresh_token);
          for (let time = 0; time < 2; time++)
            expect(await outcomeOf(subject.refresh(first.refresh_token))).to.equal('ERR_JWT_REFRESH_REUSED');
          const other = await subject.createTokenPair('ada');
          expect(await subject.revokeSession(sessionIdOf(other))).to.equal(true);
          await subject.revokeAll('ada');
        }
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
        process.off('warning', note);
        expect(told.map(([event]) => event)).to.deep.equal([
          'sessionCreated',
          'sessionRotated',
          'sessionReplayed',
          'sessionRotated',
          'sessionReused',
          'rejected',
          'rejected',
          'sessionCreated',
          'sessionRevoked',
          'sessionRevoked',
        ]);
        expect(warnings.map((warning) => warning.name)).to.deep.equal([
          'JwtListenerWarning',
          'JwtListenerWarning',
        ]);
      });
    }
  }
});
