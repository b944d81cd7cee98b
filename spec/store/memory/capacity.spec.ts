import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  ConfigurationError,
  MemoryTokenStore,
  StoreUnavailableError,
  TokenRevokedError,
  type LoginResult,
  type Session,
  type StoreLimits,
} from '../../../src';
import { testClock, testManager, type TestClock } from '../../support/manager';
import { refusalOf } from '../../support/rejected';
import { newSession, queryFor } from '../../support/sessions';

const full = 'the MemoryTokenStore is full';
const limit = 10;

describe('A MemoryTokenStore with maxEntries', () => {
  let clock: TestClock;
  let now: number;
  let store: MemoryTokenStore;

  beforeEach(() => {
    clock = testClock();
    now = clock() / 1000;
    store = new MemoryTokenStore({ clock, maxEntries: limit });
  });

  const newLogin = (members: Partial<Session> = {}) =>
    newSession({ createdAt: now, expiresAt: now + 900, ...members });
  const login = (limits?: Partial<StoreLimits>): Promise<LoginResult> =>
    store.createSession(newLogin(), limits);

  async function fill(): Promise<Session[]> {
    const sessions = [];
    while (store.size < limit) {
      const session = newLogin();
      await store.createSession(session);
      sessions.push(session);
    }
    return sessions;
  }

  it('refuses one more login and drops nothing that is alive', async () => {
    await fill();
    for (const seconds of [0, 1200]) {
      clock.advance(seconds);
      expect((await refusalOf(login(), Error)).message).to.equal(full);
      expect(store.size).to.equal(limit);
    }
  });

  it('remembers no event without room, in place of what is dead, and until it expires', async () => {
    const remember = (id: string) => store.remember({ id, now, expiresAt: now + 60 });
    const [session] = await fill();
    expect((await refusalOf(remember('a'), Error)).message).to.equal(full);
    await store.revokeSession(session?.id ?? '', now);
    expect([await remember('a'), store.size]).to.deep.equal([true, limit]);
    expect((await refusalOf(remember('b'), Error)).message).to.equal(full);
    clock.advance(361);
    expect([await store.purgeExpired(), store.size, await remember('b')]).to.deep.equal([1, limit - 1, true]);
  });

  it('takes logins again once something has expired, without a timer', async () => {
    await fill();
    clock.advance(1201);
    await login();
    expect(store.size).to.equal(1);
  });

  it('takes no more logins than there is room for, at once too', async () => {
    // The last kind that is swept: all are waiting by then.
    await store.revokeSubject('old', now, { keepUntil: now + 10 });
    await fill();
    clock.advance(400);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => login()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(store.size).to.equal(limit);
  });

  it('creates nothing any more for somebody who was told that it failed', async () => {
    await fill();
    clock.advance(1201);
    const { message } = await refusalOf(login({ deadline: performance.now() - 1 }), Error);
    expect(message).to.equal('the time limit has passed; nothing was changed');
    expect(store.size).to.equal(0);
    await login({ deadline: performance.now() + 60_000 });
    expect(store.size).to.equal(1);
  });

  const ends: [string, (sessions: readonly Session[]) => Promise<unknown>][] = [
    ['a logout', ([one]) => store.revokeSession(String(one?.id), now)],
    ['a logout everywhere', ([one]) => store.revokeSubject(String(one?.subject), now, { keepUntil: now })],
    [
      'a theft',
      async ([one]) => {
        for (const generation of [0, 0]) {
          const { id: sessionId, subject = '' } = one ?? {};
          const times = { now, expiresAt: now + 900, graceSeconds: 0 };
          await store.rotateSession({ sessionId: String(sessionId), subject, generation, ...times });
        }
      },
    ],
  ];
  for (const [name, end] of ends) {
    it(`makes room for a login by ${name}: what was revoked is the first to go`, async () => {
      const sessions = await fill();
      await end(sessions);
      const next = newLogin();
      if (name === 'a logout everywhere') {
        // The not-before has taken the place.
        expect(store.size).to.equal(limit);
        await refusalOf(store.createSession(next), Error);
        return;
      }
      await store.createSession(next);
      expect(store.size).to.equal(limit);
      for (const { id, subject } of [...sessions.slice(1), next])
        expect(store.isRevoked(queryFor({ sessionId: id, subject, now }))).to.equal(false);
      const [gone] = sessions;
      const query = queryFor({ sessionId: String(gone?.id), subject: String(gone?.subject), now });
      expect(store.isRevoked(query)).to.equal(true);
    });
  }

  it('makes room by the limit of sessions, too', async () => {
    while (store.size < limit) await store.createSession(newLogin({ subject: 'ada' }));
    const { created, ended } = await store.createSession(newLogin({ subject: 'ada' }), {
      maxSessions: limit,
    });
    expect([created, ended.length, store.size]).to.deep.equal([true, 1, limit]);
  });

  it('never refuses to revoke: there is always room for what is dead', async () => {
    const sessions = await fill();
    const jtis = Array.from({ length: 5 }, () => randomUUID());
    for (const jti of jtis) await store.revokeToken({ jti, subject: 'ada', now, expiresAt: now + 900 });
    for (const { id } of sessions.slice(0, 5)) expect(await store.revokeSession(id, now)).to.equal(true);
    for (const { subject } of sessions.slice(5)) await store.revokeSubject(subject, now);
    for (const jti of jtis) expect(store.isRevoked(queryFor({ jti, subject: 'ada' }))).to.equal(true);
    for (const { id, subject } of sessions)
      expect(store.isRevoked(queryFor({ sessionId: id, subject, now }))).to.equal(true);
    // Sessions have given way to what revoked them.
    expect(store.size).to.equal(limit);
  });

  it('exceeds the limit by revocations rather than to forget one, and takes logins when they have expired', async () => {
    await fill();
    for (let count = 0; count < 5; count++)
      await store.revokeToken({ jti: randomUUID(), subject: 'ada', now, expiresAt: now + 900 });
    expect(store.size).to.equal(limit + 5);
    expect((await refusalOf(login(), Error)).message).to.equal(full);
    clock.advance(1201);
    await login();
    expect(store.size).to.equal(1);
  });

  it('rotates and revokes sessions when it is full', async () => {
    const [session] = await fill();
    const { id: sessionId = '', subject = '' } = session ?? {};
    const times = { now, expiresAt: now + 1800, graceSeconds: 0 };
    const { outcome } = await store.rotateSession({ sessionId, subject, generation: 0, ...times });
    expect(outcome).to.equal('rotated');
    expect(await store.revokeSession(sessionId, now)).to.equal(true);
  });

  it('is 503 to a login, keeps its sessions, logs out, and works again when one has ended', async () => {
    const manager = testManager({ store, clock, sessionTtl: '1h', refreshTokenTtl: '1h' });
    const pairs = [];
    while (store.size < limit) pairs.push(await manager.createTokenPair('ada'));
    const refusal = await refusalOf(manager.createTokenPair('eve'), StoreUnavailableError);
    expect([refusal.code, refusal.status]).to.deep.equal(['ERR_JWT_STORE', 503]);
    for (const { access_token, refresh_token } of pairs) {
      await manager.verify(access_token);
      await manager.refresh(refresh_token);
    }
    await manager.revokeAll('ada');
    for (const { access_token } of pairs) await refusalOf(manager.verify(access_token), TokenRevokedError);
    const { access_token } = await manager.createTokenPair('eve');
    await manager.verify(access_token);
  });

  it('has no limit unless told so', async () => {
    const unlimited = new MemoryTokenStore({ clock });
    for (let count = 0; count < 1000; count++) await unlimited.createSession(newLogin());
    expect(unlimited.size).to.equal(1000);
  });

  const wrong: [string, unknown, RegExp][] = [
    ['maxEntries of 0', { maxEntries: 0 }, /maxEntries must be a number of at least 1/],
    ['maxEntries that is no number', { maxEntries: NaN }, /maxEntries must be a number of at least 1/],
    ['maxEntries as a text', { maxEntries: '10' }, /maxEntries must be a number of at least 1/],
    ['a clock that is a time', { clock: 1 }, /clock must be a function such as Date.now/],
    ['an option that there is not', { max: 1 }, /max/],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, async () => {
      const refusal = await refusalOf(() => new MemoryTokenStore(options as object), ConfigurationError);
      expect(refusal.message).to.match(message);
    });
  }

  it('forgets more sessions of one subject than it erases in a row', async () => {
    const large = new MemoryTokenStore({ clock });
    const sessions = Array.from({ length: 1001 }, () => newLogin({ subject: 'busy' }));
    for (const session of sessions) await large.createSession(session);
    await large.forgetSubject('busy', now);
    expect(large.size).to.be.lessThan(2);
  });
});
