import type { OnceStore, StoreLimits, TokenStore } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { onceStoreSuite, tokenStoreSuite } from '../../../src/testing';
import { isFull } from '../../support/full';
import { clientKinds, clusterKinds, ownPrefix, type Connected } from '../../support/redis-clients';
import { useCluster, useRedis } from '../../support/use-redis';

describe('RedisTokenStore', () => {
  for (const [kind, connect] of Object.entries(clientKinds)) {
    describe(`with ${kind}`, () => {
      const prefix = ownPrefix();
      const url = useRedis(prefix);
      const store = useStore(() => connect(url()), prefix);
      tokenStoreSuite(
        { describe, it },
        store,
        isFull ? { rounds: 50, callers: [2, 10, 50, 200] } : { rounds: 5, callers: [2, 10] },
      );
      onceStoreSuite({ describe, it }, store);
    });
  }

  describe('in a cluster', () => {
    const cluster = useCluster();
    for (const [kind, connect] of Object.entries(clusterKinds)) {
      describe(`with ${kind}`, () => {
        const store = useStore(() => connect(cluster().ports), ownPrefix());
        tokenStoreSuite(
          { describe, it },
          store,
          isFull ? { rounds: 50, callers: [2, 50] } : { rounds: 2, callers: [2] },
        );
        onceStoreSuite({ describe, it }, store);
      });
    }
  });
});

function useStore(connect: () => Promise<Connected>, prefix: string): () => TokenStore & OnceStore {
  let connected: Connected | undefined;
  let store: TokenStore & OnceStore;
  before(async () => {
    connected = await connect();
    store = limited(new RedisTokenStore(connected.client, { prefix }));
  });
  after(() => {
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
