import { expect } from 'chai';
import { describeOnEachStore } from '../support/each-store';
import { newSession, now } from '../support/sessions';

describeOnEachStore('A session that is spared when all others of its user are revoked', (use) => {
  for (const [state, lifetime, survivors] of [
    ['lives on while it has not expired', 900, 1],
    ['is revoked with them if it has expired: no clock that is set back revives it', 100, 0],
  ] as const)
    it(state, async () => {
      const { store } = use();
      const spared = newSession({ expiresAt: now + lifetime });
      const { id: exceptSessionId, subject } = spared;
      await store.createSession(spared);
      await store.createSession(newSession({ subject }));
      await store.revokeSubject(subject, now + 200, { exceptSessionId });
      const sessions = await store.listSessions(subject, now + 50);
      expect(sessions.map(({ id }) => id)).to.deep.equal(survivors === 1 ? [exceptSessionId] : []);
    });
});
