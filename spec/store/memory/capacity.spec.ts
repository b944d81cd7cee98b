import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { ConfigurationError, MemoryTokenStore, StoreUnavailableError, type StoreLimits } from '../../../src';
import { testClock, testManager, type TestClock } from '../../support/manager';
import { refusalOf } from '../../support/rejected';
import { newSession } from '../../support/sessions';

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

  const newLogin = () => newSession({ expiresAt: now + 900 });
  async function fill(): Promise<void> {
    while (store.size < limit) await store.createSession(newLogin());
  }

  /** Each puts in an entry that was not there. */
  const calls: Record<string, (limits?: StoreLimits) => Promise<void>> = {
    createSession: (limits) => store.createSession(newLogin(), limits),
    revokeToken: (limits) => store.revokeToken(randomUUID(), now + 900, limits),
    revokeSubject: (limits) => store.revokeSubject(randomUUID(), now, { keepUntil: now + 900 }, limits),
  };
  for (const [verb, call] of Object.entries(calls)) {
    it(`refuses one more by ${verb} and drops nothing that is alive`, async () => {
      await fill();
      for (const seconds of [0, 1200]) {
        clock.advance(seconds);
        expect((await refusalOf(call(), Error)).message).to.equal(full);
        expect(store.size).to.equal(limit);
      }
    });

    it(`takes one by ${verb} again once something is over, without a timer`, async () => {
      await fill();
      clock.advance(1201);
      await call();
      expect(store.size).to.equal(1);
    });

    it(`takes no more by ${verb} than there is room for, at once too`, async () => {
      // The last kind that is swept: all are waiting by then.
      await store.revokeSubject('old', now, { keepUntil: now + 10 });
      await fill();
      clock.advance(400);
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => call()));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(store.size).to.equal(limit);
    });

    it(`does nothing by ${verb} any more for somebody who was told that it failed`, async () => {
      await fill();
      clock.advance(1201);
      const { message } = await refusalOf(call({ deadline: performance.now() - 1 }), Error);
      expect(message).to.equal('the time is over; nothing was changed');
      expect(store.size).to.equal(0);
      await call({ deadline: performance.now() + 60_000 });
      expect(store.size).to.equal(1);
    });
  }

  it('takes what it knows already when it is full', async () => {
    await store.revokeToken('jti', now + 900);
    await store.revokeSubject('bob', now, { keepUntil: now + 900 });
    await fill();
    await store.revokeToken('jti', now + 1000);
    await store.revokeSubject('bob', now + 5, { keepUntil: now + 1000 });
    expect(store.isRevoked({ jti: 'x', subject: 'bob', issuedAt: now + 5 })).to.equal(true);
    expect(store.size).to.equal(limit);
  });

  it('rotates and revokes sessions when it is full', async () => {
    await fill();
    const session = newLogin();
    clock.advance(1201);
    now = clock() / 1000;
    await store.createSession({ ...session, expiresAt: now + 900 });
    await fill();
    const { outcome } = await store.rotateSession({
      sessionId: session.id,
      generation: 0,
      now,
      graceSeconds: 0,
    });
    expect(outcome).to.equal('rotated');
    expect(await store.revokeSession(session.id, now)).to.equal(true);
  });

  it('is 503 to a manager, keeps its sessions, and works again when one has ended', async () => {
    const manager = testManager({ store, clock, sessionTtl: '1h', refreshTokenTtl: '1h' });
    const pairs = [];
    while (store.size < limit) pairs.push(await manager.createTokenPair('ada'));
    for (const attempt of [manager.createTokenPair('eve'), manager.revokeAll('ada')]) {
      const refusal = await refusalOf(attempt, StoreUnavailableError);
      expect([refusal.code, refusal.status]).to.deep.equal(['ERR_JWT_STORE', 503]);
    }
    for (const { access_token, refresh_token } of pairs) {
      await manager.verify(access_token);
      await manager.refresh(refresh_token);
    }
    clock.advance(3600 + 301);
    const { access_token } = await manager.createTokenPair('eve');
    await manager.verify(access_token);
    expect(store.size).to.equal(1);
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
});
