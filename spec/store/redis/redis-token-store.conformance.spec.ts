import type { TokenStore } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { tokenStoreSuite } from '../../../src/testing';
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
      });
    }
  });
});

function useStore(connect: () => Promise<Connected>, prefix: string): () => TokenStore {
  let connected: Connected | undefined;
  let store: TokenStore;
  before(async () => {
    connected = await connect();
    store = limited(new RedisTokenStore(connected.client, { prefix }));
  });
  after(() => {
    connected?.close();
  });
  return () => store;
}

/** As a manager asks it: each call has a deadline. */
function limited(store: TokenStore): TokenStore {
  const limits = () => ({ deadline: performance.now() + 10_000 });
  return {
    createSession: (session, login) => store.createSession(session, { ...login, ...limits() }),
    findSession: (sessionId, now) => store.findSession(sessionId, now, limits()),
    rotateSession: (rotation) => store.rotateSession(rotation, limits()),
    revokeSession: (sessionId, now, owner) => store.revokeSession(sessionId, now, { ...owner, ...limits() }),
    revokeSubject: (subject, now, options) => store.revokeSubject(subject, now, options, limits()),
    forgetSubject: (subject, now, options) => store.forgetSubject(subject, now, options, limits()),
    listSessions: (subject, now, page) => store.listSessions(subject, now, page, limits()),
    revokeToken: (revocation) => store.revokeToken(revocation, limits()),
    isRevoked: (query) => store.isRevoked(query, limits()),
  };
}
