import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import { createAuthorizationChecker, JwtRequired } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { getWith, startApp } from '../../support/app';
import { shortList } from '../../support/full';
import { testManager } from '../../support/manager';
import { ioredis, nodeRedis, type Connected } from '../../support/redis-clients';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';
import { Traffic, type Attempt } from '../../support/traffic';
import { useOwnRedis } from '../../support/use-redis';

let entered = 0;

@JsonController()
class Door {
  @Get('/protected')
  @JwtRequired()
  enter() {
    entered++;
    return {};
  }
}

describe('A manager whose Redis fails', () => {
  const redis = useOwnRedis();
  let proxy: TcpProxy;
  let connections: Connected[];
  let all: Traffic[];
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);

  before(async () => {
    proxy = await startProxy(redis().port);
    process.on('unhandledRejection', note);
  });
  after(async () => {
    process.removeListener('unhandledRejection', note);
    await proxy?.close();
  });

  beforeEach(async () => {
    const url = `redis://127.0.0.1:${String(proxy.port)}`;
    connections = [await nodeRedis(url), ioredis(url)];
    all = connections.map(({ client }) => new Traffic(testManager({ store: new RedisTokenStore(client) })));
    await Promise.all(all.map((traffic) => traffic.start()));
    await untilEach('ok', 0);
  });
  afterEach(async () => {
    await Promise.all(all.map((traffic) => traffic.stop()));
    for (const { close } of connections) close();
  });

  const untilEach = (result: string, since: number) =>
    Promise.all(all.map((traffic) => traffic.untilEach(result, since)));

  const faults: [string, () => unknown, () => unknown][] = [
    ['is killed and started again', () => redis().kill(), () => redis().start()],
    [
      'hangs',
      () => {
        redis().signal('SIGSTOP');
      },
      () => {
        redis().signal('SIGCONT');
      },
    ],
    ['is too slow', () => (proxy.delay = 700), () => (proxy.delay = 0)],
    [
      'is behind a network that loses everything, and then breaks',
      () => (proxy.isBlackHole = true),
      () => {
        proxy.isBlackHole = false;
        proxy.cut();
      },
    ],
  ];
  for (const [name, fail, recover] of shortList(faults, 2)) {
    it(`answers 503 to everything, and works again with it: ${name}`, async () => {
      await fail();
      const failedAt = performance.now();
      // One that is on its way now may fail, too: the wait is shorter.
      await untilEach('ERR_JWT_STORE', failedAt - 1000);
      const recoveredAt = performance.now();
      await recover();
      await untilEach('ok', recoveredAt);
      await Promise.all(all.map((traffic) => traffic.stop()));
      for (const traffic of all) expectFailed(traffic, failedAt, recoveredAt);
      expect(unhandled).to.deep.equal([]);
    });
  }

  it('loses no session by connections that break: each call works or is 503', async () => {
    for (let cuts = 0; cuts < 20; cuts++) {
      await setTimeout(Math.random() * 20);
      // Calls are on their way when it breaks.
      proxy.hold();
      await setTimeout(10);
      proxy.cut();
      proxy.release();
    }
    await untilEach('ok', performance.now());
    await Promise.all(all.map((traffic) => traffic.stop()));
    const results = resultsOf(all.flatMap(({ attempts }) => attempts));
    expect(results).to.have.members(['ok', 'ERR_JWT_STORE']);
    expect(unhandled).to.deep.equal([]);
  });

  it('lets nobody in over HTTP', async () => {
    const { client, close } = await nodeRedis(redis().url);
    const manager = testManager({ store: new RedisTokenStore(client) });
    const app = await startApp({
      controllers: [Door],
      authorizationChecker: createAuthorizationChecker(manager),
    });
    const { access_token } = await manager.createTokenPair('ada');
    expect((await getWith(`${app.url}/protected`, access_token)).status).to.equal(200);
    await redis().kill();
    const { status, body, challenge, headers } = await getWith(`${app.url}/protected`, access_token);
    await redis().start();
    expect([status, body, challenge]).to.deep.equal([
      503,
      { msg: 'Token store is unavailable', code: 'ERR_JWT_STORE' },
      null,
    ]);
    expect(Number(headers.get('Retry-After'))).to.be.above(0);
    expect(entered).to.equal(1);
    await app.close();
    close();
  });
});

/** While it failed no call went through, and whatever went wrong around it was refused in the same way. */
function expectFailed({ attempts }: Traffic, failedAt: number, recoveredAt: number): void {
  const during = attempts.filter(
    ({ startedAt, took }) => startedAt >= failedAt && startedAt + took < recoveredAt,
  );
  expect(resultsOf(during).filter((result) => result !== 'ERR_JWT_STORE')).to.deep.equal([]);
  expect(attempts.filter(({ result }) => !['ok', 'ERR_JWT_STORE'].includes(result))).to.deep.equal([]);
}

function resultsOf(attempts: readonly Attempt[]): string[] {
  return [...new Set(attempts.map(({ result }) => result))];
}
