import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { RevocationChange } from '../../../src';
import type { FeedSource } from '../../../src/store/redis/feed';
import { FollowedRevocations } from '../../../src/store/redis/followed-revocations';
import { KeyNames } from '../../../src/store/redis/names';
import { Replica } from '../../../src/store/redis/replica';
import { subjectHash } from '../../../src/store/shard';
import type { Evidence } from '../../../src/store/vouching';
import { idOf, newSession, now, queryOf } from '../../support/redis-sessions';

const session = newSession('sid');
const query = queryOf(session);
const names = new KeyNames('prefix');
const { shard } = names.nameOf('ada');
const hour = 3600;

describe('The evidence of a replica', () => {
  const hash = { subjectHash: subjectHash('ada') };
  const changes: Record<string, RevocationChange | undefined> = {
    'its session ends': { kind: 'session', ...hash, sessionId: session.id, reason: 'revoked' },
    'its session is found stolen': { kind: 'session', ...hash, sessionId: session.id, reason: 'reused' },
    'it is revoked': { kind: 'token', ...hash, jti: query.jti },
    'its subject is logged out': { kind: 'subject', ...hash, notBefore: now },
    'another session of the shard ends': { kind: 'session', ...hash, sessionId: 'other', reason: 'revoked' },
    'the feed begins again': undefined,
  };

  afterEach(() => {
    mock.restoreAll();
  });

  /** One that has followed its feed for long. */
  function replicaAt(time = now): Replica {
    const replica = new Replica(names);
    replica.vouched(shard, time);
    return replica;
  }

  /** One that was told that the feed begins now, and that Redis has found the token alive. */
  function replicaThatAsked(expiresAt = Infinity): Replica {
    const replica = replicaAt();
    replica.begin(shard, now);
    replica.asking(query)(expiresAt);
    return replica;
  }

  /** What it has after it has answered that the token is alive. */
  function evidenceOf(replica: Replica, asked = query): Evidence {
    expect(replica.isRevoked(asked)).to.equal(false);
    const evidence = replica.evidenceFor(asked);
    expect(evidence?.holds(asked.now)).to.equal(true);
    return evidence as Evidence;
  }

  it('ends when the token may be older than what is known: Redis is to be asked', () => {
    for (const asked of [query, { ...query, sessionId: undefined }]) {
      const replica = replicaAt();
      const evidence = evidenceOf(replica, asked);
      const later = now + hour;
      replica.vouched(shard, later - 1);
      expect(replica.isRevoked({ ...asked, now: later - 1 })).to.equal(false);
      expect(evidence.holds(later - 1)).to.equal(true);
      replica.vouched(shard, later);
      expect(replica.isRevoked({ ...asked, now: later })).to.equal(undefined);
      expect(evidence.holds(later)).to.equal(false);
    }
  });

  it('ends half an hour after Redis was asked about the token', () => {
    const replica = replicaThatAsked();
    const evidence = evidenceOf(replica);
    const later = now + hour / 2;
    replica.vouched(shard, later);
    for (const [time, isKnown] of [
      [later - 1, true],
      [later, false],
    ] as const) {
      expect(replica.isRevoked({ ...query, now: time })).to.equal(isKnown ? false : undefined);
      expect(evidence.holds(time)).to.equal(isKnown);
    }
  });

  it('is none of a token that Redis has found alive before the process was suspended for hours', () => {
    const replica = replicaThatAsked();
    evidenceOf(replica);
    // A suspended process has no time of its own. By the next read, the feed tells of more than is kept.
    const later = now + 3 * hour;
    replica.change(shard, now + 60, changes['its session ends'] as RevocationChange);
    replica.vouched(shard, later);
    expect(replica.isRevoked({ ...query, now: later })).to.equal(undefined);
    expect(replica.evidenceFor({ ...query, now: later })).to.equal(undefined);
  });

  for (const name of ['its session ends', 'it is revoked', 'its subject is logged out'])
    it(`is none when ${name} and the clock of Redis was hours ahead since then`, () => {
      for (const replica of [replicaAt(), replicaThatAsked()]) {
        evidenceOf(replica);
        replica.change(shard, now, changes[name] as RevocationChange);
        replica.vouched(shard, now + 3 * hour);
        replica.vouched(shard, now);
        expect(replica.isRevoked(query)).to.equal(undefined);
        expect(replica.evidenceFor(query)).to.equal(undefined);
      }
    });

  describe('once a rotation has moved the end of the session forward', () => {
    const ends = { kind: 'earlier', ...hash, sessionId: session.id } as const;

    for (const [name, others] of Object.entries({
      'and nothing else has happened': [],
      'after a logout everywhere': [{ kind: 'subject', ...hash, notBefore: now - 1 } as const],
    }))
      it(`is what Redis says since then, ${name}`, () => {
        for (const replica of [replicaAt(), replicaThatAsked()]) {
          const evidence = evidenceOf(replica);
          const learn = replica.asking(query);
          for (const change of [...others, ends]) replica.change(shard, now, change);
          learn(Infinity);
          expect([evidence.holds(now), replica.isRevoked(query)]).to.deep.equal([false, undefined]);
          replica.asking(query)(now + 60);
          const later = evidenceOf(replica);
          expect([later.holds(now + 59), later.holds(now + 60)]).to.deep.equal([true, false]);
          replica.change(shard, now, { kind: 'subject', ...hash, notBefore: now });
          expect([later.holds(now), replica.isRevoked(query)]).to.deep.equal([false, undefined]);
        }
      });

    it('is the same for other sessions and for tokens without one, and for tokens that are issued an hour later', () => {
      const replica = replicaAt();
      replica.change(shard, now, ends);
      const alone = { ...query, sessionId: undefined };
      const ofOther = { ...query, sessionId: idOf('ada', 'other') };
      for (const asked of [alone, ofOther, { ...query, issuedAt: now + hour + 1 }])
        evidenceOf(replica, asked);
      expect(replica.isRevoked({ ...query, issuedAt: now + hour })).to.equal(undefined);
    });

    it('is forgotten with all that is older than two hours', () => {
      const replica = replicaAt();
      replica.change(shard, now, ends);
      replica.vouched(shard, now + 2 * hour);
      evidenceOf(replica, { ...query, issuedAt: now + hour + 1, now: now + 2 * hour });
    });
  });

  it('is not ended by a clock of Redis that was minutes ahead', () => {
    const replica = replicaAt();
    const evidence = evidenceOf(replica);
    replica.vouched(shard, now + hour / 2);
    replica.vouched(shard, now);
    expect(evidence.holds(now)).to.equal(true);
  });

  it('ends with the session, where Redis has told when that is', () => {
    const evidence = evidenceOf(replicaThatAsked(now + 60));
    expect(evidence.holds(now + 59)).to.equal(true);
    expect(evidence.holds(now + 60)).to.equal(false);
  });

  it('ends when the clocks differ by more than half an hour, and is good again when they do not', () => {
    mock.method(process, 'emitWarning', () => undefined);
    for (const replica of [replicaAt(), replicaThatAsked()]) {
      const evidence = evidenceOf(replica);
      for (const away of [-1801, 1801]) expect(evidence.holds(now + away)).to.equal(false);
      expect(evidence.holds(now)).to.equal(true);
    }
  });

  for (const [name, change] of Object.entries(changes)) {
    it(`ends when ${name}`, () => {
      for (const replica of [replicaAt(), replicaThatAsked()]) {
        const evidence = evidenceOf(replica);
        if (change) replica.change(shard, now, change);
        else replica.begin(shard, now);
        expect(evidence.holds(now)).to.equal(false);
      }
    });
  }

  it('is none where Redis must be asked, and is not ended by what happens in another shard', () => {
    const replica = replicaAt();
    expect(replica.evidenceFor({ ...query, issuedAt: now - hour })).to.equal(undefined);
    const evidence = evidenceOf(replica);
    replica.change(names.nameOf('bob').shard, now, {
      kind: 'token',
      subjectHash: subjectHash('bob'),
      jti: 'x',
    });
    expect(evidence.holds(now)).to.equal(true);
  });
});

describe('Revocations that are followed', () => {
  /** Redis, which answers when it is told to. */
  function followed(consistency: 'replica' | 'strong' = 'replica') {
    const asked: ((reply: string[] | Promise<never>) => void)[] = [];
    const listening = { ready: new Promise<void>(() => undefined), close: () => undefined };
    const client = { isOpen: () => true, isClosed: () => false, listen: () => listening };
    const run = () => new Promise((resolve) => asked.push(resolve));
    const source = { client, runner: { run }, names } as unknown as FeedSource;
    const revocations = new FollowedRevocations(source, consistency);
    const answer = async (...entries: string[]) => {
      asked.shift()?.(['read', String(now), ...entries]);
      await setImmediate();
    };
    const fail = (error: Error) => asked.shift()?.(Promise.reject(error));
    return { asked, revocations, answer, fail };
  }

  async function withEvidence() {
    const world = followed();
    expect(world.revocations.isRevoked(query)).to.equal(undefined);
    await world.answer();
    expect(world.revocations.isRevoked(query)).to.equal(false);
    const evidence = world.revocations.evidenceFor(query) as Evidence;
    expect(evidence.holds(now)).to.equal(true);
    return { ...world, evidence };
  }

  it('are vouched for no more as soon as this process has revoked something, until that was read', async () => {
    const { revocations, evidence, answer } = await withEvidence();
    revocations.behind(shard);
    expect(evidence.holds(now)).to.equal(false);
    await answer();
    expect(evidence.holds(now)).to.equal(true);
    revocations.close();
  });

  it('are vouched for no more two seconds after Redis was asked', async () => {
    const { revocations, evidence } = await withEvidence();
    const later = performance.now() + 2000;
    const clock = mock.method(performance, 'now', () => later);
    expect([evidence.holds(now), revocations.isRevoked(query)]).to.deep.equal([false, undefined]);
    clock.mock.restore();
    revocations.close();
  });

  it('are vouched for no more once they are closed, whatever Redis answers to what it was asked before', async () => {
    const { revocations, asked, evidence, answer } = await withEvidence();
    revocations.behind('00');
    revocations.behind(shard);
    expect(asked).to.have.lengthOf(1);
    revocations.close();
    await answer();
    expect([evidence.holds(now), revocations.evidenceFor(query)]).to.deep.equal([false, undefined]);
    await answer();
    revocations.behind(shard);
    expect([evidence.holds(now), asked]).to.deep.equal([false, []]);
  });

  it('are read one shard after the other in a cluster, and vouched for all the same', async () => {
    const { revocations, asked, answer, fail } = followed();
    fail(new Error("CROSSSLOT Keys in request don't hash to the same slot"));
    await setImmediate();
    expect(asked).to.have.lengthOf(256);
    while (asked.length > 0) await answer();
    expect(revocations.isRevoked(query)).to.equal(false);
    const evidence = revocations.evidenceFor(query);
    revocations.behind('00');
    expect(evidence?.holds(now)).to.equal(true);
    revocations.behind(shard);
    expect(evidence?.holds(now)).to.equal(false);
    revocations.close();
  });

  it('are incomplete where the clock of Redis was hours ahead: what it took for old was cut off from the feed', async () => {
    const number = String(parseInt(shard, 16) + 1);
    for (const [ahead, isComplete] of [
      [hour / 2, true],
      [3 * hour, false],
    ] as const) {
      const { revocations, answer } = followed();
      const id = `${String((now + ahead) * 1000)}-0`;
      await answer(number, id, 'token', subjectHash('ada'), 'other');
      expect(revocations.isRevoked({ ...query, jti: 'other' })).to.equal(true);
      expect(revocations.isRevoked(query)).to.equal(isComplete ? false : undefined);
      expect(revocations.isRevoked({ ...query, issuedAt: now + hour + 1 })).to.equal(false);
      revocations.close();
    }
  });

  it('are no evidence without a replica', async () => {
    const { revocations, answer } = followed('strong');
    const stop = revocations.subscribe(() => undefined);
    await answer();
    await (
      await stop
    )();
    expect(revocations.evidenceFor(query)).to.equal(undefined);
    revocations.close();
  });
});
