import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { StoreUnavailableError, type Session, type StoreLimits } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { testManager } from '../../support/manager';
import { ioredis, nodeRedis, type Connected } from '../../support/redis-clients';
import { newSession, now, rotationOf } from '../../support/redis-sessions';
import { refusalOf } from '../../support/rejected';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';
import { useOwnRedis } from '../../support/use-redis';

const patience = 250;

const clients: Record<string, (url: string) => Promise<Connected>> = {
  'a client of redis': nodeRedis,
  'a client of ioredis': async (url) => ioredis(url),
};

type Call = (store: RedisTokenStore, session: Session, limits?: StoreLimits) => Promise<unknown>;

/** All verbs that change something, on a session. */
const changes: Record<string, Call> = {
  createSession: (store, { subject, ...session }, limits) =>
    store.createSession({ ...session, subject, id: `${session.id}-next` }, limits),
  rotateSession: (store, session, limits) => store.rotateSession(rotationOf(session), limits),
  revokeSession: (store, { id, subject }, limits) => store.revokeSession(id, now, { subject, ...limits }),
  revokeSubject: (store, { subject }, limits) => store.revokeSubject(subject, now, {}, limits),
  forgetSubject: (store, { subject }, limits) => store.forgetSubject(subject, now, {}, limits),
  revokeToken: (store, { id, subject }, limits) =>
    store.revokeToken({ jti: `${id}-jti`, subject, now, expiresAt: now + 60 }, limits),
};

describe('A command that comes to Redis too late', () => {
  const redis = useOwnRedis();
  let proxy: TcpProxy | undefined;
  let sessions = 0;

  before(async () => {
    proxy = await startProxy(redis().port);
  });
  after(() => proxy?.close());

  interface Delay {
    readonly url: () => string;
    readonly stop: (client: Connected['client']) => Promise<void> | void;
    readonly goOn: () => Promise<void> | void;
  }

  /** How a command is kept from Redis, and how it gets there after all. */
  const delays: Record<string, Delay> = {
    'Redis is down and the client queues it': {
      url: () => `redis://127.0.0.1:${String(proxy?.port)}`,
      stop: async (client) => {
        await proxy?.shut();
        await redis().kill();
        await untilNoticed(client);
      },
      // While it still reads what it had, Redis would refuse everything.
      goOn: async () => {
        await redis().start();
        await proxy?.open();
      },
    },
    'Redis hangs with it in its socket': {
      url: () => redis().url,
      stop: () => {
        redis().signal('SIGSTOP');
      },
      goOn: () => {
        redis().signal('SIGCONT');
      },
    },
    'the network keeps it': {
      url: () => `redis://127.0.0.1:${String(proxy?.port)}`,
      stop: () => proxy?.hold(),
      goOn: () => proxy?.release(),
    },
  };

  async function startSession(store: RedisTokenStore): Promise<Session> {
    const name = `sid${String(sessions++)}`;
    const session = newSession(name, `ada-${name}`);
    await store.createSession(session);
    return session;
  }

  /** Everything that is in Redis, by key. */
  async function dump(): Promise<string> {
    const { client, close } = await nodeRedis(redis().url);
    const keys = (await client.keys('*')).sort();
    const dumps = await Promise.all(keys.map((key) => client.dump(key)));
    close();
    return JSON.stringify([keys, dumps]);
  }

  /** What is in Redis after commands, one for each verb, that got there after their time. */
  async function afterLate(
    connect: (url: string) => Promise<Connected>,
    { url, stop, goOn }: Delay,
    limitsOf: () => StoreLimits | undefined,
  ): Promise<{ before: string; after: string; outcomes: PromiseSettledResult<unknown>[] }> {
    const { client, close } = await connect(url());
    const store = new RedisTokenStore(client);
    const cases: [Call, Session][] = [];
    for (const call of Object.values(changes)) cases.push([call, await startSession(store)]);
    const before = await dump();
    await stop(client);
    const limits = limitsOf();
    const pending = Promise.allSettled(cases.map(([call, session]) => call(store, session, limits)));
    await setTimeout(patience + 50);
    await goOn();
    const outcomes = await pending;
    close();
    return { before, after: await dump(), outcomes };
  }

  for (const [kind, connect] of Object.entries(clients)) {
    for (const [how, delay] of Object.entries(delays)) {
      it(`changes nothing, whatever the verb: ${how}, with ${kind}`, async () => {
        const limits = () => ({ deadline: performance.now() + patience });
        const { before, after, outcomes } = await afterLate(connect, delay, limits);
        expect(outcomes.map(({ status }) => status)).to.deep.equal(outcomes.map(() => 'rejected'));
        expect(after).to.equal(before);
      });

      it(`would change something without a deadline: ${how}, with ${kind}`, async () => {
        const { before, after, outcomes } = await afterLate(connect, delay, () => undefined);
        expect(outcomes.map(({ status }) => status)).to.deep.equal(outcomes.map(() => 'fulfilled'));
        expect(after).not.to.equal(before);
      });
    }

    it(`of a manager is 503 and leaves the session as it was, with ${kind}`, async () => {
      const { client, close } = await connect(redis().url);
      const manager = testManager({ store: new RedisTokenStore(client) });
      const outcomes: string[] = [];
      manager.on('sessionRotated', () => outcomes.push('rotated'));
      manager.on('sessionReplayed', () => outcomes.push('replayed'));
      const pair = await manager.createTokenPair(`ada-${kind}`);
      const { sessionId = '' } = await manager.verify(pair.access_token);
      redis().signal('SIGSTOP');
      const refusals = await Promise.all([
        refusalOf(manager.refresh(pair.refresh_token), StoreUnavailableError),
        refusalOf(manager.revokeSession(sessionId), StoreUnavailableError),
      ]);
      expect(refusals.map(({ status }) => status)).to.deep.equal([503, 503]);
      redis().signal('SIGCONT');
      const [session] = await manager.listSessions(`ada-${kind}`);
      expect(session?.generation).to.equal(0);
      await manager.refresh(pair.refresh_token);
      expect(outcomes).to.deep.equal(['rotated']);
      close();
    });
  }

  it('does not wait in the queue of a client of redis: an outage does not fill the memory', async () => {
    const { client, close } = await nodeRedis(redis().url);
    const store = new RedisTokenStore(client);
    const session = await startSession(store);
    await redis().kill();
    const limits = { deadline: performance.now() + patience };
    const failures = await Promise.allSettled(
      Object.values(changes).map((call) => call(store, session, limits)),
    );
    expect(failures.map(({ status }) => status)).to.deep.equal(failures.map(() => 'rejected'));
    await redis().start();
    close();
  });
});

/** Waits until the client knows that its connection is broken: what is sent before is lost, and not queued. */
async function untilNoticed(client: Connected['client']): Promise<void> {
  const { isReady, status } = client as { readonly isReady?: boolean; readonly status?: string };
  if (isReady !== true && status !== 'ready') return;
  await setTimeout(5);
  await untilNoticed(client);
}
