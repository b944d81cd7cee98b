import type { OnceStore, StoreLimits, TokenStore } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { onceStoreSuite, tokenStoreSuite, type SpecRunner } from '../../../src/testing';
import { isFull, shortList } from '../../support/full';
import { clientKinds, clusterKinds, nodeRedis, ownPrefix, type Connected } from '../../support/redis-clients';
import { ageFeeds } from '../../support/redis-feed';
import { clientRunner, serverRunner } from '../../support/server-runner';
import { useCluster, useRedis } from '../../support/use-redis';

/** A replica takes the session of a token for alive unless its end was told. No login has issued these tokens. */
const unknownSessions = new Set([
  'of a session that the store does not know is dead',
  "of another subject's session is dead",
]);

describe('RedisTokenStore', () => {
  for (const [index, [kind, connect]] of Object.entries(clientKinds).entries()) {
    describe(`with ${kind}`, () => {
      const prefix = ownPrefix();
      const url = useRedis(prefix);
      const store = useStore(() => connect(url()), prefix);
      tokenStoreSuite(
        index === 0 ? serverRunner : clientRunner,
        store,
        isFull ? { rounds: 50, callers: [2, 10, 50, 200] } : { rounds: 5, callers: [2, 10] },
      );
      onceStoreSuite({ describe, it }, store);
    });
  }

  for (const isOld of shortList([false, true], 1)) {
    describe(`with a replica of ${isOld ? 'an old' : 'a new'} feed`, () => {
      const prefix = ownPrefix();
      const url = useRedis(prefix);
      if (isOld) before(() => ageFeeds(url(), prefix));
      const store = useStore(() => nodeRedis(url()), prefix, 'replica');
      const run: SpecRunner = {
        describe,
        it: (title, body) => !(isOld && unknownSessions.has(title)) && clientRunner.it(title, body),
      };
      tokenStoreSuite(
        run,
        store,
        isFull ? { rounds: 50, callers: [2, 10, 50] } : { rounds: 2, callers: [2] },
      );
    });
  }

  if (!isFull) return;

  describe('in a cluster', () => {
    const cluster = useCluster();
    for (const [kind, connect] of Object.entries(clusterKinds)) {
      for (const consistency of ['strong', 'replica'] as const) {
        describe(`with ${kind}, ${consistency}`, () => {
          const store = useStore(() => connect(cluster().ports), ownPrefix(), consistency);
          tokenStoreSuite(serverRunner, store, { rounds: 50, callers: [2, 50] });
          onceStoreSuite({ describe, it }, store);
        });
      }
    }
  });
});

function useStore(
  connect: () => Promise<Connected>,
  prefix: string,
  consistency: 'strong' | 'replica' = 'strong',
): () => TokenStore & OnceStore {
  let connected: Connected | undefined;
  let own: RedisTokenStore | undefined;
  let store: TokenStore & OnceStore;
  before(async () => {
    connected = await connect();
    own = new RedisTokenStore(connected.client, { prefix, consistency });
    store = limited(own);
  });
  after(() => {
    own?.close();
    connected?.close();
  });
  return () => store;
}

/** As a manager asks it: each call has a deadline, where the suite does not give one of its own. */
function limited(store: RedisTokenStore): TokenStore & OnceStore {
  const limits = (given: Partial<StoreLimits> = {}) => ({ deadline: performance.now() + 10_000, ...given });
  return {
    createSession: (session, given) => store.createSession(session, { ...given, ...limits(given) }),
    findSession: (sessionId, now, given) => store.findSession(sessionId, now, limits(given)),
    rotateSession: (rotation, given) => store.rotateSession(rotation, limits(given)),
    revokeSession: (sessionId, now, given) =>
      store.revokeSession(sessionId, now, { ...given, ...limits(given) }),
    revokeSubject: (subject, now, options, given) =>
      store.revokeSubject(subject, now, options, limits(given)),
    forgetSubject: (subject, now, options, given) =>
      store.forgetSubject(subject, now, options, limits(given)),
    listSessions: (subject, now, page, given) => store.listSessions(subject, now, page, limits(given)),
    revokeToken: (revocation, given) => store.revokeToken(revocation, limits(given)),
    remember: (event, given) => store.remember(event, limits(given)),
    isRevoked: (query, given) => store.isRevoked(query, limits(given)),
  };
}
