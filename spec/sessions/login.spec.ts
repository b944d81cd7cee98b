import { expect } from 'chai';
import { ConfigurationError, MemoryTokenStore, TokenRevokedError, type JwtManager } from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { claimsOf, outcomeOf, rowOf, sessionIdOf, sessionWorld } from '../support/session-world';

const day = 86_400;

describe('the lifetime of a session', () => {
  it('can be chosen at login, and no refresh moves its end', async () => {
    const world = sessionWorld();
    const { manager, clock, now } = world;
    const end = now() + 2 * day;
    let pair = await manager.createTokenPair('ada', { session: { ttl: '2d', label: 'a shared computer' } });
    for (const passed of [0, 0.5, 1.5]) {
      clock.advance(passed * day - (now() - (end - 2 * day)));
      if (passed > 0) pair = await manager.refresh(pair.refresh_token);
      expect(claimsOf(pair).refresh).to.include({ exp: end, sxp: end });
      expect(await rowOf(world, pair)).to.include({ expiresAt: end, label: 'a shared computer' });
    }
    clock.advance(0.5 * day);
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ERR_JWT_EXPIRED');
    const text = await manager.createRefreshToken('ada', { session: { ttl: '1h' } });
    expect((await manager.verify(text, { type: 'refresh' })).expiresAt.getTime()).to.equal(
      (now() + 3600) * 1000,
    );
  });

  it('is no longer than sessionTtl, and is a duration', async () => {
    const { manager } = sessionWorld();
    await manager.createTokenPair('ada', { session: { ttl: '90d' } });
    for (const [ttl, message] of [
      ['91d', 'session.ttl must be at most 7776000 seconds. For more, raise sessionTtl of the JwtManager'],
      ['2', /^createTokenPair: session\.ttl must be/],
      [0, /^createTokenPair: session\.ttl must be/],
      [null, /^createTokenPair: session\.ttl must be/],
    ] as const) {
      const error = await refusalOf(
        manager.createTokenPair('ada', { session: { ttl: ttl as string } }),
        ConfigurationError,
      );
      if (typeof message === 'string') expect(error.message).to.equal(message);
      else expect(error.message).to.match(message);
    }
    const { refresh_token: text } = await manager.createTokenPair('ada');
    await refusalOf(manager.refresh(text, { session: { ttl: '1d' } } as object), ConfigurationError);
  });

  it('slides: a session ends with its refresh token, and is listed no longer', async () => {
    const { manager, clock, now, store } = sessionWorld();
    const start = now();
    const pair = await manager.createTokenPair('ada');
    const idle = await manager.createTokenPair('ada');
    clock.advance(20 * day);
    await manager.refresh(pair.refresh_token);
    const sessions = await manager.listSessions('ada');
    expect(sessions.map(({ expiresAt }) => expiresAt - start).sort()).to.deep.equal([30 * day, 50 * day]);
    clock.advance(10 * day);
    expect((await manager.listSessions('ada')).map(({ id }) => id)).to.deep.equal([sessionIdOf(pair)]);
    expect(await manager.revokeSession(sessionIdOf(idle))).to.equal(false);
    clock.advance(301);
    await (store as MemoryTokenStore).purgeExpired();
    expect((store as MemoryTokenStore).size).to.equal(1);
  });
});

describe('maxSessions', () => {
  it('is 1,000 unless told otherwise, and the session used longest ago ends', async () => {
    const { manager, clock, told } = sessionWorld({ maxSessions: 3 });
    const ids: string[] = [];
    const pairs = [];
    for (let count = 0; count < 3; count++) {
      const pair = await manager.createTokenPair('ada');
      pairs.push(pair);
      ids.push(sessionIdOf(pair));
      clock.advance(1);
    }
    await manager.refresh(pairs[0]?.refresh_token ?? '');
    told.splice(0);
    const next = await manager.createTokenPair('ada');
    expect(told.map(([name, event]) => [name, event.sessionId])).to.deep.equal([
      ['sessionRevoked', ids[1]],
      ['sessionCreated', sessionIdOf(next)],
    ]);
    expect(told[0]?.[1]).to.deep.equal({ identity: 'ada', sessionId: ids[1] });
    expect(await outcomeOf(manager.verify(pairs[1]?.access_token ?? ''))).to.equal('ERR_JWT_REVOKED');
    const alive = (await manager.listSessions('ada')).map(({ id }) => id);
    expect(alive).to.have.members([ids[0], ids[2], sessionIdOf(next)]);
    await manager.createTokenPair('bob');
    expect(await manager.listSessions('ada')).to.have.length(3);
  });

  it('is 1,000 by default', async () => {
    const { manager } = sessionWorld();
    for (let count = 0; count < 1010; count++) await manager.createTokenPair('ada');
    expect(await manager.listSessions('ada', { limit: 1000 })).to.have.length(1000);
  });

  it('is exact when twenty log in at once', async () => {
    const { manager } = sessionWorld({ maxSessions: 3 });
    await Promise.all(Array.from({ length: 20 }, () => manager.createTokenPair('ada')));
    expect(await manager.listSessions('ada')).to.have.length(3);
  });

  it('does not count sessions that have expired', async () => {
    const { manager, clock } = sessionWorld({ maxSessions: 2, refreshTokenTtl: '1h' });
    const old = await manager.createTokenPair('ada');
    clock.advance(1800);
    const young = await manager.createTokenPair('ada');
    clock.advance(1801);
    expect(await outcomeOf(manager.refresh(old.refresh_token))).to.equal('ERR_JWT_EXPIRED');
    await manager.createTokenPair('ada');
    expect(await outcomeOf(manager.refresh(young.refresh_token))).to.equal('ok');
  });

  it('must be a whole number of at least 1', async () => {
    for (const maxSessions of [0, -1, 1.5, NaN, Infinity, '3', null, false, {}]) {
      const { message } = await refusalOf(() => testManager({ maxSessions } as object), ConfigurationError);
      expect(message).to.equal('JwtManager: maxSessions must be a whole number of at least 1');
    }
  });
});

describe('authenticatedAt', () => {
  it('is the time of the login in the tokens, with or without fresh', async () => {
    const { manager, clock, now } = sessionWorld();
    const authenticatedAt = new Date(clock());
    const seconds = now();
    clock.advance(30);
    for (const options of [{ authenticatedAt }, { authenticatedAt, fresh: true }]) {
      const claims = claimsOf(await manager.createTokenPair('ada', options));
      expect([claims.access['auth_time'], claims.refresh['auth_time']]).to.deep.equal([seconds, seconds]);
      const token = await manager.verify(await manager.createAccessToken('ada', options));
      expect(token.authenticatedAt).to.deep.equal(authenticatedAt);
    }
  });

  it('keeps a login from starting that began before a logout everywhere, and touches nothing', async () => {
    const { manager, clock, told } = sessionWorld({ maxSessions: 1 });
    const before = new Date(clock());
    clock.advance(2);
    await manager.revokeAll('ada');
    clock.advance(1);
    const after = new Date(clock());
    const other = await manager.createTokenPair('ada', { authenticatedAt: after });
    told.splice(0);
    for (const create of ['createTokenPair', 'createRefreshToken'] as const) {
      const error = await refusalOf(manager[create]('ada', { authenticatedAt: before }), TokenRevokedError);
      expect(reasonFor(error).reason).to.equal('logged out since the login began');
    }
    expect(told).to.deep.equal([]);
    await manager.verify(other.access_token);
    await manager.createTokenPair('bob', { authenticatedAt: before });
  });

  it('is a Date that is not ahead, and does not go with fresh: false', async () => {
    const { manager, clock } = sessionWorld();
    const ahead = (seconds: number) => new Date(clock() + seconds * 1000);
    await manager.createAccessToken('ada', { authenticatedAt: ahead(5) });
    const cases: [unknown, string, object?][] = [
      [ahead(6), 'authenticatedAt must not be in the future'],
      [new Date(NaN), 'authenticatedAt must be a Date, such as new Date()'],
      [1_700_000_000, 'authenticatedAt must be a Date, such as new Date()'],
      [null, 'authenticatedAt must be a Date, such as new Date()'],
      [new Date(-1), 'authenticatedAt must be a Date, such as new Date()'],
      [ahead(0), 'authenticatedAt must not be given with fresh: false', { fresh: false }],
    ];
    for (const [authenticatedAt, message, more] of cases) {
      const options = { authenticatedAt, ...more } as object;
      for (const create of ['createAccessToken', 'createRefreshToken', 'createTokenPair'] as const) {
        const error = await refusalOf(manager[create]('ada', options), ConfigurationError);
        expect(error.message).to.equal(`${create}: ${message}`);
      }
    }
  });
});

describe('a refresh with fresh: true', () => {
  it('sets the time of the login anew, within the same session; the next refresh carries it over', async () => {
    const { manager, clock, now } = sessionWorld();
    const first = await manager.createTokenPair('ada');
    clock.advance(3600);
    const stepped = await manager.refresh(first.refresh_token, { fresh: true });
    const proven = now();
    expect((await manager.verify(stepped.access_token)).isFresh('1s')).to.equal(true);
    clock.advance(60);
    const next = claimsOf(await manager.refresh(stepped.refresh_token));
    for (const claims of [claimsOf(stepped).access, claimsOf(stepped).refresh, next.access, next.refresh])
      expect(claims).to.include({ auth_time: proven, sid: sessionIdOf(first) });
  });

  it('gives two tabs the same refresh token', async () => {
    const { manager, clock } = sessionWorld();
    const first = await manager.createTokenPair('ada', { fresh: false });
    clock.advance(60);
    const one = await manager.refresh(first.refresh_token, { fresh: true });
    clock.advance(3);
    const other = await manager.refresh(first.refresh_token, { fresh: true });
    expect(other.refresh_token).to.equal(one.refresh_token);
  });

  it('goes with claimsFor, which cannot do it by itself', async () => {
    const { manager, clock, now } = sessionWorld({ claimsFor: () => ({ fresh: true, roles: 'member' }) });
    const first = await manager.createTokenPair('ada', { fresh: false });
    clock.advance(60);
    const stale = await manager.refresh(first.refresh_token, { fresh: false });
    expect(claimsOf(stale).access).not.to.have.property('auth_time');
    const next = claimsOf(await manager.refresh(stale.refresh_token, { fresh: true }));
    expect(next.access).to.deep.include({ auth_time: now(), roles: ['member'] });
  });

  it('is true or false', async () => {
    const { manager } = sessionWorld();
    const { refresh_token: text } = await manager.createTokenPair('ada');
    for (const fresh of ['yes', 1, null, {}]) {
      const error = await refusalOf(manager.refresh(text, { fresh } as object), ConfigurationError);
      expect(error.message).to.equal('refresh: fresh must be true or false');
    }
  });
});

describe('a pair for another audience', () => {
  const managers: [string, (clock: () => number) => JwtManager, unknown][] = [
    ['of a manager without an audience', (clock) => testManager({ clock }), undefined],
    ['of a manager with one', (clock) => testManager({ clock, audience: 'web' }), 'web'],
    ['of a manager with two', (clock) => testManager({ clock, audience: ['web', 'app'] }), ['web', 'app']],
  ];
  for (const [name, managerWith, own] of managers) {
    for (const audience of ['api', ['api', 'billing']]) {
      it(`${name} is refreshed here, and its access tokens stay for ${String(audience)}`, async () => {
        const clock = testClock();
        const manager = managerWith(clock);
        let pair = await manager.createTokenPair('ada', { audience });
        for (let count = 0; count < 3; count++) {
          const { access, refresh } = claimsOf(pair);
          expect(access['aud']).to.deep.equal(audience);
          expect(access).not.to.have.property('access_aud');
          expect([refresh['aud'], refresh['access_aud']]).to.deep.equal([own, audience]);
          expect((await manager.verify(pair.refresh_token, { type: 'refresh' })).claims).to.deep.equal({});
          expect(await outcomeOf(manager.verify(pair.access_token))).to.equal('ERR_JWT_INVALID');
          pair = await manager.refresh(pair.refresh_token);
        }
        const api = testManager({ clock, audience: 'api', store: false });
        expect((await api.verify(pair.access_token)).identity).to.equal('ada');
        expect(await outcomeOf(api.verify(pair.refresh_token, { type: 'refresh' }))).to.equal(
          'ERR_JWT_INVALID',
        );
        const text = await manager.createRefreshToken('ada', { audience });
        expect(claimsOf(await manager.refresh(text)).access['aud']).to.deep.equal(audience);
      });
    }
  }
});
