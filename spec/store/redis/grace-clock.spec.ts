import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { RedisTokenStore } from '../../../src/redis';
import { shardOf } from '../../../src/store/shard';
import { inTime } from '../../support/in-time';
import { nodeRedis, ownPrefix } from '../../support/redis-clients';
import { newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { useRedis } from '../../support/use-redis';

const grace = 10;

describe('F13: the grace window of a RedisTokenStore', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);
  let client: Awaited<ReturnType<typeof nodeRedis>>['client'];
  let close: () => void;
  let store: RedisTokenStore;

  before(async () => {
    ({ client, close } = await nodeRedis(url()));
    store = new RedisTokenStore(client, { prefix });
  });
  after(() => {
    close?.();
  });

  /** A session that was rotated so many milliseconds ago by the clock of Redis. */
  async function rotatedAgo(subject: string, milliseconds: number) {
    const session = newSession(randomUUID(), subject);
    await store.createSession(session);
    await store.rotateSession(rotationOf(session));
    const [seconds, microseconds] = (await client.sendCommand(['TIME'])) as unknown as [string, string];
    const moment = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - milliseconds;
    await client.hSet(`{${prefix}:${shardOf(subject)}}:s:${session.id}`, 'm', moment);
    return session;
  }

  for (const skew of [-3600, -11, -1, 0, 1, 11, 3600]) {
    it(`is the same for a process whose clock is ${String(skew)} s off`, async () => {
      const there = now + skew;
      for (const [ago, outcome] of [
        [0, 'replayed'],
        [9000, 'replayed'],
        [11_000, 'reused'],
      ] as const) {
        await inTime(900, async () => {
          const session = await rotatedAgo(`ada${String(skew)},${String(ago)}`, ago);
          const query = queryOf(session, { generation: 0, now: there, graceSeconds: grace });
          expect(await store.isRevoked(query)).to.equal(outcome === 'reused');
          const second = rotationOf(session, { now: there, graceSeconds: grace });
          expect((await store.rotateSession(second)).outcome).to.equal(outcome);
        });
      }
    });
  }

  it('is over when the clock of Redis was set back behind the last rotation', async () => {
    const session = await rotatedAgo('bob', -60_000);
    expect(await store.isRevoked(queryOf(session, { generation: 0 }))).to.equal(true);
    expect((await store.rotateSession(rotationOf(session))).outcome).to.equal('reused');
  });

  it('is not renewed by those who use it', async () => {
    const session = await rotatedAgo('eve', 5000);
    const name = `{${prefix}:${shardOf('eve')}}:s:${session.id}`;
    const before = await client.hGetAll(name);
    await store.rotateSession(rotationOf(session));
    expect(await client.hGetAll(name)).to.deep.equal(before);
  });
});
