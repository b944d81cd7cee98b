import { expect } from 'chai';
import { setTimeout } from 'node:timers/promises';
import { RedisTokenStore } from '../../../src/redis';
import { ioredis, nodeRedis, type Connected } from '../../support/redis-clients';
import { newSession, now, queryOf } from '../../support/redis-sessions';
import { verbs } from '../../support/redis-verbs';
import { useOwnRedis } from '../../support/use-redis';

type Client = Awaited<ReturnType<typeof nodeRedis>>['client'];

async function failureOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(10);
}

describe('A Redis that is not the primary', () => {
  const [first, second] = [useOwnRedis(), useOwnRedis()];
  const connections: Connected[] = [];
  let clients: [Client, Client];
  let stores: [RedisTokenStore, RedisTokenStore];
  let count = 0;

  before(async () => {
    const connected = [await nodeRedis(first().url), await nodeRedis(second().url)] as const;
    connections.push(...connected);
    clients = [connected[0].client, connected[1].client];
    for (const client of clients) await client.configSet('repl-diskless-sync-delay', '0');
    const other = ioredis(second().url);
    connections.push(other);
    stores = [new RedisTokenStore(clients[0]), new RedisTokenStore(other.client)];
  });
  after(() => {
    for (const { close } of connections) close();
  });
  afterEach(async () => {
    for (const client of clients) {
      await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
      await client.configSet('min-replicas-to-write', '0');
      await client.flushAll();
    }
  });

  /** Which verbs do not fail with that error of Redis. */
  async function believed(store: RedisTokenStore, error: RegExp): Promise<string[]> {
    const subject = `ada${String(count++)}`;
    const session = newSession('sid', subject);
    const failures: string[] = [];
    for (const [name, ask] of Object.entries(verbs)) {
      const failure = await failureOf(ask(store, session));
      if (!error.test(failure)) failures.push(`${name}: ${failure}`);
    }
    return failures;
  }

  const follow = async (index: 0 | 1) => {
    const port = (index === 0 ? second() : first()).port;
    await clients[index].sendCommand(['REPLICAOF', '127.0.0.1', String(port)]);
    await until(async () => (await clients[index].info('replication')).includes('master_link_status:up'));
  };

  it('F11: is not believed when it was demoted: a token that is revoked at the new one is never let in', async () => {
    const session = newSession('sid');
    await stores[1].createSession(session);
    await follow(0);
    const replicated = async () => (await clients[0].dbSize()) > 0;
    await until(replicated);
    await stores[1].revokeSession(session.id, now);
    expect(await stores[1].isRevoked(queryOf(session))).to.equal(true);
    expect(await failureOf(Promise.resolve(stores[0].isRevoked(queryOf(session))))).to.match(/^READONLY/);
    expect(await believed(stores[0], /^READONLY/)).to.deep.equal([]);
  });

  it('is not believed when it has lost the replicas that it must have', async () => {
    await clients[0].configSet('min-replicas-to-write', '1');
    expect(await believed(stores[0], /^NOREPLICAS/)).to.deep.equal([]);
    await follow(1);
    const session = newSession('sid');
    await until(async () => (await clients[0].info('replication')).includes('min_slaves_good_slaves:1'));
    await stores[0].createSession(session);
    expect(await stores[0].isRevoked(queryOf(session))).to.equal(false);
  });

  it('is not believed after FAILOVER, which loses no logout that was confirmed', async () => {
    await follow(1);
    const session = newSession('sid');
    await stores[0].createSession(session);
    await stores[0].revokeSession(session.id, now);
    // The replica knows that the link is up before the primary counts it in.
    await until(async () => (await clients[0].info('replication')).includes('state=online'));
    await clients[0].sendCommand(['FAILOVER', 'TO', '127.0.0.1', String(second().port), 'TIMEOUT', '5000']);
    await until(async () => (await clients[1].info('replication')).includes('role:master'));
    await until(async () => (await clients[0].info('replication')).includes('role:slave'));
    expect(await stores[1].isRevoked(queryOf(session))).to.equal(true);
    expect(await believed(stores[0], /^READONLY/)).to.deep.equal([]);
  });

  it('is believed once it is promoted', async () => {
    await follow(1);
    const session = newSession('sid');
    await stores[0].createSession(session);
    await until(async () => (await clients[1].dbSize()) > 0);
    await clients[1].sendCommand(['REPLICAOF', 'NO', 'ONE']);
    expect(await stores[1].isRevoked(queryOf(session))).to.equal(false);
    expect(await stores[1].revokeSession(session.id, now)).to.equal(true);
  });
});
