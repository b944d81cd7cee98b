import { expect } from 'chai';
import { ConfigurationError, MemoryTokenStore, RefreshReusedError, TokenRevokedError } from '../../../src';
import { testClock, testManager, type TestClock } from '../../support/manager';
import { refusalOf } from '../../support/rejected';
import { newSession, queryFor } from '../../support/sessions';

const minute = 60_000;

describe('What is over in a MemoryTokenStore', () => {
  let clock: TestClock;
  let now: number;
  let store: MemoryTokenStore;

  beforeEach(() => {
    clock = testClock();
    now = clock() / 1000;
    store = new MemoryTokenStore({ clock });
  });

  /** Entries of each kind that end 900 seconds from now. */
  async function putEach(): Promise<void> {
    await store.createSession(newSession({ id: 'sid', subject: 'ada', expiresAt: now + 900 }));
    await store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 900 });
    await store.revokeSubject('bob', now, { keepUntil: now + 900 });
  }

  it('stays for five minutes, as clocks differ, and is dropped then', async () => {
    await putEach();
    expect(store.size).to.equal(3);
    clock.advance(900 + 300);
    expect(await store.purgeExpired()).to.equal(0);
    expect(store.size).to.equal(3);
    clock.advance(1);
    expect(await store.purgeExpired()).to.equal(3);
    expect(store.size).to.equal(0);
  });

  it('is dead whether it has been dropped or not', async () => {
    await putEach();
    const isDead = () =>
      store.isRevoked(queryFor({ jti: 'x', sessionId: 'sid', subject: 'ada', issuedAt: now, now }));
    await store.revokeSession('sid', now);
    for (const seconds of [0, 900, 300]) {
      clock.advance(seconds);
      await store.purgeExpired();
      expect(store.size).to.equal(3);
      expect(isDead()).to.equal(true);
      expect(store.isRevoked(queryFor({ jti: 'jti', subject: 'ada', issuedAt: now, now }))).to.equal(true);
      expect(store.isRevoked(queryFor({ jti: 'x', subject: 'bob', issuedAt: now, now }))).to.equal(true);
    }
    clock.advance(1);
    await store.purgeExpired();
    expect(store.size).to.equal(0);
    expect(isDead()).to.equal(true);
  });

  it('leaves a manager no wiser: a stolen token of a revoked session is refused until its end and after', async () => {
    const manager = testManager({ store, clock, sessionTtl: '1h', rotationGrace: 0 });
    const { refresh_token, access_token } = await manager.createTokenPair('ada');
    await manager.refresh(refresh_token);
    await refusalOf(manager.refresh(refresh_token), RefreshReusedError);
    clock.advance(600);
    await store.purgeExpired();
    await refusalOf(manager.refresh(refresh_token), RefreshReusedError);
    await refusalOf(manager.verify(access_token), TokenRevokedError);
    clock.advance(3600 + 300);
    await store.purgeExpired();
    expect(store.size).to.equal(0);
  });

  it('is found beside what is alive, whatever the order', async () => {
    for (const seconds of [900, 10, 2000, 20, 900, 30]) {
      const expiresAt = now + seconds;
      await store.createSession(
        newSession({ id: `sid-${String(store.size)}`, subject: 'ada', createdAt: now, expiresAt }),
      );
    }
    clock.advance(400);
    expect(await store.purgeExpired()).to.equal(3);
    const left = await store.listSessions('ada', now + 400);
    expect(left.map(({ id }) => id)).to.deep.equal(['sid-4', 'sid-2', 'sid-0']);
    clock.advance(900);
    expect(await store.purgeExpired()).to.equal(2);
    expect((await store.listSessions('ada', now + 1300)).map(({ id }) => id)).to.deep.equal(['sid-2']);
  });

  it('is not what was given more time', async () => {
    await store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 900 });
    await store.revokeSubject('bob', now, { keepUntil: now + 900 });
    await store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 5000 });
    await store.revokeSubject('bob', now, { keepUntil: now + 5000 });
    await store.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 10 });
    await store.revokeSubject('bob', now - 100, { keepUntil: now + 10 });
    clock.advance(4000);
    await store.purgeExpired();
    expect(store.isRevoked(queryFor({ jti: 'jti', subject: 'ada', issuedAt: now, now }))).to.equal(true);
    expect(store.isRevoked(queryFor({ jti: 'x', subject: 'bob', issuedAt: now, now }))).to.equal(true);
    clock.advance(1301);
    expect(await store.purgeExpired()).to.equal(2);
  });

  it('is not a subject of which nobody said until when', async () => {
    await store.revokeSubject('bob', now);
    clock.advance(100 * 365 * 86_400);
    expect(await store.purgeExpired()).to.equal(0);
    expect(store.isRevoked(queryFor({ jti: 'x', subject: 'bob', issuedAt: now, now }))).to.equal(true);
  });

  it('is dropped once by all who ask for it at once', async () => {
    await putEach();
    clock.advance(2000);
    expect(await Promise.all([store.purgeExpired(), store.purgeExpired()])).to.deep.equal([3, 3]);
    expect(await store.purgeExpired()).to.equal(0);
  });

  it('is dropped in slices, between which others run: once the time of a slice is used up, at most 32 entries on', async () => {
    for (let index = 0; index < 1000; index++)
      await store.revokeToken({ jti: String(index), subject: 'ada', now, expiresAt: now + 900 });
    clock.advance(2000);
    const real = performance.now.bind(performance);
    let milliseconds = 0;
    // Each look at the time finds that half a millisecond has passed.
    performance.now = () => (milliseconds += 0.5);
    const sizes = [store.size];
    try {
      const purge = store.purgeExpired();
      while (store.size > 0) {
        await new Promise((resolve) => setImmediate(resolve));
        sizes.push(store.size);
      }
      await purge;
    } finally {
      performance.now = real;
    }
    for (const [turn, size] of sizes.slice(1).entries()) expect((sizes[turn] ?? 0) - size).to.be.at.most(32);
  });

  it('is reported when the clock tells no time', async () => {
    await putEach();
    clock.advance(NaN);
    await refusalOf(store.purgeExpired(), ConfigurationError);
  });

  describe('is dropped by a timer', () => {
    interface Timer {
      readonly run: () => void;
      readonly every: number;
      isReferenced: boolean;
    }

    const real = { setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };
    let timers: Timer[];

    /** Timers that are fired by hand. */
    const byHand = {
      setInterval: (run: () => void, every: number) => {
        const timer = { run, every, isReferenced: true, unref: () => unref(timer) };
        timers.push(timer);
        return timer;
      },
      clearInterval: (timer: Timer) => {
        timers = timers.filter((one) => one !== timer);
      },
    };

    function unref(timer: Timer): Timer {
      timer.isReferenced = false;
      return timer;
    }

    beforeEach(() => {
      timers = [];
      Object.assign(globalThis, byHand);
    });
    afterEach(() => {
      Object.assign(globalThis, real);
    });

    const settled = () => new Promise((resolve) => setImmediate(resolve));

    it('which runs once a minute while there is something, and keeps no process alive', async () => {
      expect(timers).to.deep.equal([]);
      await putEach();
      expect(timers).to.have.length(1);
      expect(timers[0]?.every).to.equal(minute);
      expect(timers[0]?.isReferenced).to.equal(false);
      clock.advance(1000);
      timers[0]?.run();
      await settled();
      expect([store.size, timers.length]).to.deep.equal([3, 1]);
      clock.advance(1000);
      timers[0]?.run();
      await settled();
      expect([store.size, timers.length]).to.deep.equal([0, 0]);
      await putEach();
      expect(timers).to.have.length(1);
    });

    it('which a clock that tells no time does not turn into an unhandled rejection', async () => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      await putEach();
      clock.advance(NaN);
      timers[0]?.run();
      await settled();
      await settled();
      process.removeListener('unhandledRejection', note);
      expect(unhandled).to.deep.equal([]);
    });
  });
});
