import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import { DataSource } from 'typeorm';
import { createAuthorizationChecker, JwtRequired } from '../../../src';
import { TypeOrmTokenStore, tokenStoreEntities } from '../../../src/typeorm';
import { getWith, startApp } from '../../support/app';
import { describeOn, servers } from '../../support/databases';
import { testManager } from '../../support/manager';
import { PostgresServer, whyNoPostgresServer } from '../../support/postgres-server';
import { requireService } from '../../support/require-service';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy';
import { Traffic, type Attempt } from '../../support/traffic';

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

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

function watchUnhandled(): void {
  before(() => process.on('unhandledRejection', note));
  after(() => process.removeListener('unhandledRejection', note));
  afterEach(() => {
    expect(unhandled.splice(0)).to.deep.equal([]);
  });
}

/** Everything is refused while the database cannot be reached, in time, and everything works again afterwards. */
async function expectRecovery(traffic: Traffic, fail: () => unknown, recover: () => unknown): Promise<void> {
  await traffic.start();
  await traffic.untilEach('ok', 0);
  await fail();
  const failedAt = performance.now();
  await traffic.untilEach('ERR_JWT_STORE', failedAt);
  const recoveredAt = performance.now();
  await recover();
  await traffic.untilEach('ok', recoveredAt);
  await traffic.stop();
  const during = traffic.attempts.filter(
    ({ startedAt, took }) => startedAt >= failedAt && startedAt + took < recoveredAt,
  );
  expect(resultsOf(during)).to.deep.equal(['ERR_JWT_STORE']);
  expect(resultsOf(traffic.attempts)).to.have.members(['ok', 'ERR_JWT_STORE']);
}

function resultsOf(attempts: readonly Attempt[]): string[] {
  return [...new Set(attempts.map(({ result }) => result))];
}

describe('a manager whose PostgreSQL is killed and started again', function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let dataSource: DataSource;
  watchUnhandled();

  before(async function () {
    requireService(this, 'a PostgreSQL of our own', whyNoPostgresServer());
    server = await PostgresServer.create();
    dataSource = new DataSource({
      type: 'postgres',
      host: '127.0.0.1',
      port: server.port,
      username: 'postgres',
      database: 'postgres',
      connectTimeoutMS: 1000,
      entities: tokenStoreEntities,
      synchronize: true,
    });
    await dataSource.initialize();
  });
  after(async () => {
    await dataSource?.destroy();
    await server?.remove();
  });

  it('answers 503 to everything meanwhile, and works again with it', () =>
    expectRecovery(
      new Traffic(testManager({ store: new TypeOrmTokenStore(dataSource) })),
      () => server.kill(),
      () => server.start(),
    ));

  it('remembers what was revoked before', async () => {
    const manager = testManager({ store: new TypeOrmTokenStore(dataSource) });
    const { access_token, refresh_token } = await manager.createTokenPair('ada');
    const other = await manager.createTokenPair('ada');
    await manager.revokeSession((await manager.verify(access_token)).sessionId ?? '');
    await server.kill();
    await server.start();
    await expectCode(manager.verify(access_token), 'ERR_JWT_REVOKED');
    await expectCode(manager.refresh(refresh_token), 'ERR_JWT_REVOKED');
    await manager.refresh(other.refresh_token);
  });

  it('lets nobody in over HTTP', async () => {
    const manager = testManager({ store: new TypeOrmTokenStore(dataSource) });
    const app = await startApp({
      controllers: [Door],
      authorizationChecker: createAuthorizationChecker(manager),
    });
    const { access_token } = await manager.createTokenPair('ada');
    expect((await getWith(`${app.url}/protected`, access_token)).status).to.equal(200);
    await server.kill();
    const { status, body, challenge, headers } = await getWith(`${app.url}/protected`, access_token);
    await server.start();
    expect([status, body, challenge]).to.deep.equal([
      503,
      { msg: 'Token store is unavailable', code: 'ERR_JWT_STORE' },
      null,
    ]);
    expect(Number(headers.get('Retry-After'))).to.be.above(0);
    expect(entered).to.equal(1);
    await app.close();
  });
});

describeOn(servers, 'a manager whose way to the database fails', (database, kind) => {
  let proxy: TcpProxy;
  let dataSource: DataSource;
  let traffic: Traffic;
  watchUnhandled();

  before(async () => {
    proxy = await startProxy(kind.port ?? 0);
    dataSource = await database.open({ connectTimeoutMS: 1000, connectTimeout: 1000, port: proxy.port });
  });
  after(() => proxy?.close());

  beforeEach(() => {
    traffic = new Traffic(testManager({ store: new TypeOrmTokenStore(dataSource) }));
  });

  const faults: [string, () => unknown, () => unknown][] = [
    ['too slow', () => (proxy.delay = 1500), () => (proxy.delay = 0)],
    ['losing everything', () => (proxy.isBlackHole = true), () => (proxy.isBlackHole = false)],
  ];
  for (const [name, fail, recover] of faults) {
    it(`answers 503 to everything meanwhile, and works again with it: ${name}`, () =>
      expectRecovery(traffic, fail, recover));
  }

  it('loses no session by connections that break: each call works or is 503', async () => {
    await traffic.start();
    for (let cuts = 0; cuts < 20; cuts++) {
      proxy.cut();
      await setTimeout(20 + Math.random() * 20);
    }
    await traffic.untilEach('ok', performance.now());
    await traffic.stop();
    expect(resultsOf(traffic.attempts)).to.have.members(['ok', 'ERR_JWT_STORE']);
  });
});

async function expectCode(attempt: Promise<unknown>, code: string): Promise<void> {
  const result = await attempt.then(
    () => 'ok',
    (error: unknown) => (error as { code: string }).code,
  );
  expect(result).to.equal(code);
}
