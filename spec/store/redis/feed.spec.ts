import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { RevocationChange, SessionEndReason } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { subjectHash } from '../../../src/store/shard';
import { isFull } from '../../support/full';
import { testManager } from '../../support/manager';
import { clientKinds, clusterKinds, ownPrefix, type Connected } from '../../support/redis-clients';
import { inAnHour, untilKnown } from '../../support/redis-feed';
import { idOf, newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { sessionIdOf } from '../../support/session-world';
import { useCluster, useRedis } from '../../support/use-redis';

type Open = (consistency?: 'replica' | 'strong') => Promise<RedisTokenStore>;

describe('The feed of a RedisTokenStore', () => {
  for (const [kind, connect] of Object.entries(clientKinds)) {
    const prefix = ownPrefix();
    describe(`with ${kind}`, () => {
      const url = useRedis(prefix);
      describeFeed(() => connect(url()), prefix);
    });
  }

  if (!isFull) return;

  describe('in a cluster', () => {
    const cluster = useCluster();
    for (const [kind, connect] of Object.entries(clusterKinds))
      describe(`with ${kind}`, () => {
        describeFeed(() => connect(cluster().ports), ownPrefix());
      });
  });
});

function describeFeed(connect: () => Promise<Connected>, prefix: string): void {
  const opened: [RedisTokenStore, Connected][] = [];
  const open: Open = async (consistency = 'strong') => {
    const connected = await connect();
    const store = new RedisTokenStore(connected.client, { prefix, consistency });
    opened.push([store, connected]);
    return store;
  };
  afterEach(() => {
    for (const [store, { close }] of opened.splice(0)) {
      store.close();
      close();
    }
  });

  it('tells of each kind of revocation by another process, in order, and of nothing before', async () => {
    const [own, other] = [await open(), await open()];
    const [first, second, third] = ['a', 'b', 'c'].map((name) => newSession(name));
    for (const session of [first, second, third]) if (session) await other.createSession(session);
    await other.revokeToken({ jti: 'before', subject: 'ada', now, expiresAt: now + 60 });
    const heard: RevocationChange[] = [];
    const stop = await own.subscribe((change) => heard.push(change));
    await other.revokeToken({ jti: 'jti', subject: 'ada', now, expiresAt: now + 60 });
    await other.revokeSession(idOf('ada', 'a'), now);
    await other.rotateSession(rotationOf(newSession('b'), { generation: -1, graceSeconds: 0 }));
    await other.createSession(newSession('d'), { maxSessions: 1 });
    await other.revokeSubject('ada', now, { exceptSessionId: idOf('ada', 'd') });
    await other.forgetSubject('ada', now, { notBefore: now + 5 });
    while (heard.length < 6) await setTimeout(2);
    const hash = { subjectHash: subjectHash('ada') };
    const ended = (name: string, reason: 'revoked' | 'reused') => ({
      kind: 'session',
      ...hash,
      sessionId: idOf('ada', name),
      reason,
    });
    const exceptSessionId = idOf('ada', 'd');
    expect(heard).to.deep.equal([
      { kind: 'token', ...hash, jti: 'jti' },
      ended('a', 'revoked'),
      ended('b', 'reused'),
      ended('c', 'revoked'),
      { kind: 'subject', ...hash, notBefore: now, exceptSessionId },
      { kind: 'subject', ...hash, notBefore: now + 5, exceptSessionId: undefined },
    ]);
    await stop();
    const last: RevocationChange[] = [];
    await own.subscribe((change) => last.push(change));
    await other.revokeToken({ jti: 'last', subject: 'ada', now, expiresAt: now + 60 });
    while (last.length === 0) await setTimeout(2);
    expect(heard).to.have.length(6);
  });

  it('feeds a replica', async () => {
    const [own, other] = [await open('replica'), await open('replica')];
    const query = queryOf(newSession('fed'), { issuedAt: inAnHour(), jti: 'fed' });
    await other.createSession(newSession('fed'));
    await untilKnown(own, query, false);
    await other.revokeSession(idOf('ada', 'fed'), now);
    await untilKnown(own, query, true);
  });

  for (const consistency of ['replica', 'strong'] as const) {
    it(`drives onSessionEnd in another process, ${consistency}, and spares a login after a logout everywhere`, async () => {
      const managers = [await open(consistency), await open(consistency)].map((store) =>
        testManager({ store, clock: Date.now }),
      );
      const [own, other] = managers as [(typeof managers)[0], (typeof managers)[0]];
      const reasons: Record<string, SessionEndReason> = {};
      const watch = async (name: string, identity: string) => {
        const pair = await other.createTokenPair(identity);
        own.onSessionEnd(await own.verify(pair.access_token), (reason) => (reasons[name] = reason));
        return sessionIdOf(pair);
      };
      const logout = await watch('logout', 'eve');
      await watch('everywhere', 'bob');
      await other.revokeAll('bob');
      await watch('after', 'bob');
      await other.revokeSession(logout);
      while (Object.keys(reasons).length < 2) await setTimeout(5);
      expect(reasons).to.deep.equal({ logout: 'revoked', everywhere: 'revoked' });
    });
  }
}
