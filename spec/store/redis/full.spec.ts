import { expect } from 'chai';
import { RedisTokenStore } from '../../../src/redis';
import { nodeRedis } from '../../support/redis-clients';
import { newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { reads, revocations } from '../../support/redis-verbs';
import { useOwnRedis } from '../../support/use-redis';

describe('A Redis that is full', () => {
  const redis = useOwnRedis();
  let client: Awaited<ReturnType<typeof nodeRedis>>['client'];
  let close: () => void;
  let store: RedisTokenStore;

  before(async () => {
    ({ client, close } = await nodeRedis(redis().url));
    store = new RedisTokenStore(client);
    for (const name of [...Object.keys(reads), ...Object.keys(revocations), 'rotated'])
      await store.createSession(newSession('sid', name));
    await client.configSet('maxmemory-policy', 'noeviction');
    await client.configSet('maxmemory', '1');
  });
  after(() => {
    close?.();
  });

  it('takes no more logins', async () => {
    let message = '';
    await store.createSession(newSession('next')).catch((error: unknown) => (message = String(error)));
    expect(message).to.match(/OOM/);
  });

  it('takes no ticket for used', async () => {
    let message = '';
    const event = { id: 'ticket', now, expiresAt: now + 60 };
    await store.remember(event).catch((error: unknown) => (message = String(error)));
    expect(message).to.match(/OOM/);
  });

  for (const [name, ask] of Object.entries({ ...reads, ...revocations })) {
    it(`does what it is asked: ${name}`, async () => {
      await ask(store, newSession('sid', name));
    });
  }

  it('keeps what was revoked, and lets the others move on', async () => {
    for (const name of Object.keys(revocations))
      expect(await store.isRevoked(queryOf(newSession('sid', name))), name).to.equal(true);
    const { outcome } = await store.rotateSession(rotationOf(newSession('sid', 'rotated')));
    expect(outcome).to.equal('rotated');
    expect(await store.findSession(newSession('sid', 'rotated').id, now)).not.to.equal(undefined);
  });
});
