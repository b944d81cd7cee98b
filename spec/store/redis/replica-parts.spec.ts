import { mock } from 'node:test';
import { expect } from 'chai';
import { FeedPosition } from '../../../src/store/redis/feed-position';
import { KnownTokens } from '../../../src/store/redis/known-tokens';
import { KeyNames } from '../../../src/store/redis/names';
import type { ScriptClient } from '../../../src/store/redis/redis-client';
import { ShardRevocations } from '../../../src/store/redis/shard-revocations';
import { Wakes } from '../../../src/store/redis/wakes';
import { newSession, now, queryOf } from '../../support/redis-sessions';

describe('F17: the position in a feed', () => {
  afterEach(() => {
    mock.timers.reset();
  });

  it('vouches no more for a process that was suspended, whose other clock stood still', () => {
    mock.timers.enable({ apis: ['Date'], now: 5_000_000 });
    const position = new FeedPosition('00');
    expect(position.isVouched).to.equal(false);
    expect(position.vouch(performance.now(), Date.now(), 60_000)).to.equal(true);
    expect(position.isVouched).to.equal(true);
    mock.timers.setTime(5_060_000);
    expect(position.isVouched).to.equal(false);
  });

  it('does not vouch for news that came after the question', () => {
    const position = new FeedPosition('00');
    const sentAt = performance.now();
    position.behind();
    expect(position.vouch(sentAt - 1, Date.now(), 60_000)).to.equal(false);
    expect(position.isVouched).to.equal(false);
    expect(position.vouch(performance.now(), Date.now(), 60_000)).to.equal(true);
  });
});

describe('The revocations of a shard', () => {
  it('are dropped when they are older than any token that is not asked about', () => {
    const revocations = new ShardRevocations();
    const subjectHash = 'hash';
    for (const time of [100, 200]) {
      const name = String(time);
      revocations.add(time, { kind: 'session', subjectHash, sessionId: name, reason: 'revoked' });
      revocations.add(time, { kind: 'token', subjectHash, jti: name });
      revocations.add(time, { kind: 'subject', subjectHash: name, notBefore: time });
    }
    const known = () =>
      ['100', '200'].map((name) => [
        revocations.hasSession(name),
        revocations.hasToken(name),
        revocations.ofSubject(name) !== undefined,
      ]);
    const [all, none] = [Array(3).fill(true), Array(3).fill(false)];
    revocations.keepSince(99);
    expect([known(), revocations.since]).to.deep.equal([[all, all], 99]);
    revocations.keepSince(120);
    expect([known(), revocations.since]).to.deep.equal([[all, all], 120]);
    revocations.keepSince(159);
    expect(known()).to.deep.equal([none, all]);
    revocations.keepSince(300);
    expect(known()).to.deep.equal([none, none]);
  });
});

describe('Tokens that Redis found alive', () => {
  it('are kept up to a number, the latest of them', () => {
    const known = new KnownTokens();
    const query = (jti: number) => queryOf(newSession('sid'), { jti: String(jti) });
    for (let jti = 0; jti <= 20_000; jti++) known.add(query(jti), 1, Infinity);
    expect([0, 1, 20_000].map((jti) => known.find(query(jti), 1) !== undefined)).to.deep.equal([
      false,
      true,
      true,
    ]);
  });

  it('are not what they were if anything about them differs, or something has happened', () => {
    const known = new KnownTokens();
    const query = queryOf(newSession('sid'));
    known.add(query, 5, now + 60);
    expect(known.find(query, 5)).to.include({ until: now + 60 });
    expect(known.find(query, 6)).to.equal(undefined);
    for (const members of [{ now: now + 60 }, { sessionId: 'other' }, { subject: 'bob' }, { jti: 'other' }])
      expect(known.find({ ...query, ...members }, 5), JSON.stringify(members)).to.equal(undefined);
  });

  it('are asked about again after half an hour', () => {
    const known = new KnownTokens();
    const query = queryOf(newSession('sid'));
    known.add(query, 5, Infinity);
    expect(known.find({ ...query, now: now + 1799 }, 5)).to.include({ until: now + 1800 });
    expect(known.find({ ...query, now: now + 1800 }, 5)).to.equal(undefined);
  });
});

describe('The names of subjects', () => {
  it('are remembered for some thousands of subjects', () => {
    const names = new KeyNames('prefix');
    const first = names.nameOf('ada');
    expect(names.nameOf('ada')).to.equal(first);
    for (let number = 0; number < 10_000; number++) names.nameOf(String(number));
    expect(names.nameOf('ada')).not.to.equal(first);
    expect(names.nameOf('ada')).to.deep.equal(first);
  });
});

describe('What hears of news', () => {
  it('tries again now and then, and warns once of a permission that is missing, never of a lost connection', async () => {
    const warned = mock.method(process, 'emitWarning', () => undefined);
    let tries = 0;
    let reason = 'Connection is closed.';
    const listen = () => {
      tries++;
      return { ready: Promise.reject(new Error(reason)), close: () => undefined };
    };
    const client = { isOpen: () => true, isClosed: () => false, listen } as unknown as ScriptClient;
    const wakes = new Wakes(client, 'channel', { behind: () => undefined, readAll: () => undefined });
    const often = async () => {
      for (let tick = 0; tick < 50; tick++) {
        wakes.keep();
        await new Promise(setImmediate);
      }
    };
    await often();
    expect([tries, warned.mock.callCount()]).to.deep.equal([3, 0]);
    reason = 'NOPERM this user has no permissions to access one of the channels';
    await often();
    expect([tries, warned.mock.callCount()]).to.deep.equal([5, 1]);
    warned.mock.restore();
  });
});
