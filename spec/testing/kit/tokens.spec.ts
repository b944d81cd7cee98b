import { IsEmail } from 'class-validator';
import { expect } from 'chai';
import {
  ConfigurationError,
  JwtManager,
  KeySet,
  MemoryTokenStore,
  type Algorithm,
  type JwtErrorCode,
  type RejectedEvent,
} from '../../../src';
import { bearerFor, expiredToken, forgedToken, revokedToken } from '../../../src/testing';
import { describeOnDrivers } from '../../support/app';
import { isFull } from '../../support/full';
import { startKitApp, type KitApp } from '../../support/kit-routes';
import { otherSecret, secret, testClock, testManager } from '../../support/manager';

const algorithms: Algorithm[] = [
  ...(['HS256', 'ES256', 'EdDSA'] as const),
  ...(isFull ? (['HS512', 'RS256', 'PS384', 'ES512', 'Ed25519'] as const) : []),
];

class UserClaims {
  @IsEmail() email!: string;
}

function rejectionsOf(jwtManager: JwtManager<object>): RejectedEvent[] {
  const events: RejectedEvent[] = [];
  jwtManager.on('rejected', (event) => events.push(event));
  return events;
}

const bad: [
  name: string,
  create: typeof expiredToken,
  code: JwtErrorCode,
  reason: string,
  message: string,
][] = [
  ['expiredToken', expiredToken, 'ERR_JWT_EXPIRED', 'expired', 'Token has expired'],
  ['forgedToken', forgedToken, 'ERR_JWT_INVALID', 'signature', 'Token is invalid'],
  ['revokedToken', revokedToken, 'ERR_JWT_REVOKED', 'unknown', 'Token has been revoked'],
];

describeOnDrivers('The test kit', () => {
  let app: KitApp;
  const jwtManager = testManager();

  before(async () => {
    app = await startKitApp(jwtManager);
  });

  after(() => app.close());

  const get = (path: string, Authorization: string) => app.send('GET', path, { Authorization });

  it('logs a user in, with a session', async () => {
    const { status, body } = await get('/user', await bearerFor(jwtManager));
    expect({ status, body }).to.deep.include({ status: 200 });
    expect(body).to.include({ identity: 'test' }).and.have.property('session').that.is.a('string');
  });

  it('logs in the user that the test names, with roles', async () => {
    expect(await get('/admin', await bearerFor(jwtManager, 'ada'))).to.deep.include({
      status: 403,
      body: { msg: 'Permission denied', code: 'ERR_JWT_DENIED' },
    });
    const Authorization = await bearerFor(jwtManager, 'ada', { roles: ['admin'] });
    expect(await get('/user', Authorization)).to.have.nested.property('body.identity', 'ada');
    expect(await get('/admin', Authorization)).to.deep.include({ status: 200, body: { admin: true } });
  });

  it('issues a fresh token, or a stale one', async () => {
    const close = async (stale: boolean) =>
      app.send('DELETE', '/account', { Authorization: await bearerFor(jwtManager, 'ada', { stale }) });
    expect(await close(false)).to.deep.include({ status: 200, body: { closed: true } });
    expect(await close(true)).to.deep.include({
      status: 401,
      body: { msg: 'Fresh token required', code: 'ERR_JWT_NOT_FRESH' },
    });
  });

  for (const [name, create, code, reason, msg] of bad) {
    it(`has a ${name} that is rejected as that and nothing else`, async () => {
      const events = rejectionsOf(jwtManager);
      const answer = await get('/user', `Bearer ${await create(jwtManager, 'ada', { roles: ['admin'] })}`);
      expect(answer).to.deep.include({
        status: 401,
        body: { msg, code },
        challenge: `Bearer realm="api", error="invalid_token", error_description="${msg}"`,
      });
      expect(events.map((event) => event.reason)).to.deep.equal([reason]);
    });
  }
});

describe('The tokens of the test kit', () => {
  for (const algorithm of algorithms) {
    it(`work with ${algorithm}`, async () => {
      const jwtManager = new JwtManager({ keys: await KeySet.generate(algorithm) });
      const authorization = await bearerFor(jwtManager);
      expect((await jwtManager.verify(authorization.slice(7))).identity).to.equal('test');
      for (const [name, create, code, reason] of bad) {
        const events = rejectionsOf(jwtManager);
        const error: unknown = await jwtManager
          .verify(await create(jwtManager))
          .catch((thrown: unknown) => thrown);
        expect(error, name).to.have.property('code', code);
        expect(
          events.map((event) => event.reason),
          name,
        ).to.deep.equal([reason]);
      }
    });
  }

  it('are of the manager that issues them', async () => {
    const managers = { default: testManager(), admin: testManager({ secret: otherSecret, issuer: 'admin' }) };
    const app = await startKitApp(managers);
    const statuses = async (manager: JwtManager) => {
      const headers = { Authorization: await bearerFor(manager) };
      const answers = [await app.send('GET', '/user', headers), await app.send('GET', '/other', headers)];
      return answers.map(({ status }) => status);
    };
    const found = [await statuses(managers.default), await statuses(managers.admin)];
    await app.close();
    expect(found).to.deep.equal([
      [200, 401],
      [401, 200],
    ]);
  });

  it('have the claims of the application, checked by their class', async () => {
    const jwtManager = new JwtManager({ secret, claims: UserClaims });
    const claims = { email: 'ada@example.test' };
    const token = await jwtManager.verify((await bearerFor(jwtManager, 'ada', { claims })).slice(7));
    expect(token.claims.email).to.equal(claims.email);
    for (const [name, create, code] of bad) {
      const text = await create(jwtManager as unknown as JwtManager, 'ada', { claims });
      const error: unknown = await jwtManager.verify(text).catch((thrown: unknown) => thrown);
      expect(error, name).to.have.property('code', code);
    }
    const misfit = bearerFor(jwtManager as unknown as JwtManager, 'ada', { claims: { email: 'ada' } });
    expect(await misfit.catch((thrown: unknown) => thrown)).to.be.instanceOf(ConfigurationError);
  });

  it('belong to no session if the manager has no store, and none can be revoked', async () => {
    const jwtManager = testManager({ store: false });
    const token = await jwtManager.verify((await bearerFor(jwtManager)).slice(7));
    expect([token.sessionId, token.isFresh()]).to.deep.equal([undefined, true]);
    const stale = await jwtManager.verify((await bearerFor(jwtManager, 'ada', { stale: true })).slice(7));
    expect([stale.identity, stale.isFresh('3650d')]).to.deep.equal(['ada', false]);
    const error: unknown = await revokedToken(jwtManager).catch((thrown: unknown) => thrown);
    expect(error)
      .to.be.instanceOf(ConfigurationError)
      .with.property('message', 'revoke needs a store: remove the option store: false');
  });

  it('have expired by the clock and the tolerance of their manager', async () => {
    const clock = testClock();
    const jwtManager = testManager({ clock, clockTolerance: '5m', issuer: 'a', audience: ['b', 'c'] });
    const error: unknown = await jwtManager
      .verify(await expiredToken(jwtManager))
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'ERR_JWT_EXPIRED');
  });

  it('can be forged for a manager that only verifies; the others need a key', async () => {
    const keys = await KeySet.generate('ES256');
    const jwtManager = new JwtManager({
      keys: KeySet.fromJwks(keys.toJwks()),
      store: new MemoryTokenStore(),
    });
    const events = rejectionsOf(jwtManager);
    await jwtManager.verify(await forgedToken(jwtManager)).catch((thrown: unknown) => thrown);
    expect(events.map(({ reason }) => reason)).to.deep.equal(['signature']);
    for (const create of [bearerFor, expiredToken, revokedToken]) {
      const error: unknown = await create(jwtManager).catch((thrown: unknown) => thrown);
      expect(error)
        .to.be.instanceOf(ConfigurationError)
        .with.property('message')
        .that.includes('only verifies');
    }
  });

  it('are forged with the name of the key that signs, after a rotation as well', async () => {
    const keys = KeySet.fromSecret(secret, { kid: 'old' });
    const jwtManager = new JwtManager({ keys });
    keys.rotate(KeySet.fromSecret(otherSecret, { kid: 'new' })).retire('old');
    const [header = ''] = (await forgedToken(jwtManager)).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).to.deep.equal({
      alg: 'HS256',
      typ: 'at+jwt',
      kid: 'new',
    });
  });

  const wrong: [name: string, create: () => Promise<unknown>, message: RegExp][] = [
    ['an empty identity', () => bearerFor(testManager(), ''), /^identity must be/],
    [
      'an unknown option',
      () => expiredToken(testManager(), 'ada', { role: 'x' } as object),
      /^expiredToken has no option 'role'/,
    ],
    ['a wrong option', () => forgedToken(testManager(), 'ada', { audience: '' }), /^forgedToken: audience/],
    [
      'an option of a login',
      () => revokedToken(testManager(), 'ada', { stale: true } as object),
      /has no option 'stale'/,
    ],
  ];
  for (const [name, create, message] of wrong) {
    it(`are not created with ${name}`, async () => {
      const error: unknown = await create().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ConfigurationError).with.property('message').that.matches(message);
    });
  }
});
