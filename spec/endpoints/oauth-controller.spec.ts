import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { expect } from 'chai';
import express from 'express';
import {
  ConfigurationError,
  createAuthorizationChecker,
  createOAuthController,
  JwtManager,
  KeySet,
  MemoryTokenStore,
  type JwtManagerOptions,
  type OAuthControllerOptions,
} from '../../src';
import {
  describeOnDrivers,
  errorHandlersOn,
  request,
  startApp,
  type Answer,
  type RunningApp,
} from '../support/app';
import { forge } from '../support/forge';
import { shortList } from '../support/full';
import { keyPairFor } from '../support/keys';
import { otherSecret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

const secretOf = {
  billing: 'b-0123456789abcdef0123456789abcdef',
  shop: 's p%c:i+l 0123456789abcdef0123456789',
};
const basic = (id: string, secret: string, encode = encodeURIComponent) =>
  `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
const billing = { Authorization: basic('billing', secretOf.billing) };
const inactive = { active: false };

describeOnDrivers('createOAuthController', (driver) => {
  let app: RunningApp;
  let manager: JwtManager;

  async function start(
    options: Partial<OAuthControllerOptions> = {},
    managerOptions: Partial<JwtManagerOptions> = {},
    server: object = {},
    bare?: Parameters<typeof startApp>[1],
  ): Promise<void> {
    manager = testManager(managerOptions);
    app = await startApp(
      {
        controllers: [createOAuthController(manager, { clients: secretOf, ...options })],
        authorizationChecker: createAuthorizationChecker(manager, { protectByDefault: true }),
        ...server,
      },
      bare,
    );
  }
  afterEach(() => app.close());

  function ask(
    endpoint: string,
    form: Record<string, string> | string,
    headers: Record<string, string> = billing,
  ): Promise<Answer> {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
    return request(`${app.url}/oauth/${endpoint}`, {
      method: 'POST',
      headers: { ...type, ...headers },
      body,
    });
  }
  const introspect = async (token: string, headers?: Record<string, string>) => {
    const { status, body, headers: sent } = await ask('introspect', { token }, headers);
    expect([status, sent.get('Cache-Control')]).to.deep.equal([200, 'no-store']);
    return body as Record<string, unknown>;
  };

  it('describes an access token (RFC 7662)', async () => {
    await start({}, { issuer: 'https://api.example', audience: ['a', 'b'] });
    const options = { scopes: 'read write', roles: ['member'], clientId: 'shop', acr: 'mfa', amr: ['pwd'] };
    const { access_token } = await manager.createTokenPair('ada', {
      ...options,
      actor: 'eve',
      claims: { secret: 1 },
    });
    const { iat, nbf, exp, jti, auth_time, ...others } = await introspect(access_token);
    expect(others).to.deep.equal({
      ...{ active: true, token_type: 'Bearer', sub: 'ada', iss: 'https://api.example', aud: ['a', 'b'] },
      ...{ scope: 'read write', client_id: 'shop', roles: ['member'], acr: 'mfa', amr: ['pwd'] },
      act: { sub: 'eve' },
    });
    expect([nbf, auth_time, Number(exp) - Number(iat)]).to.deep.equal([iat, iat, 900]);
    expect(jti).to.equal((await manager.verify(access_token)).id);
  });

  it('neither describes nor revokes a token of an issuer that is trusted here', async () => {
    const issuer = 'https://login.test';
    const keys = KeySet.fromPem(keyPairFor('ES256').privatePem, { algorithm: 'ES256' });
    const trustedIssuers = [{ issuer, audience: 'api', keys }];
    await start({}, { issuer: 'https://api.example', trustedIssuers });
    const token = await new JwtManager({ keys, issuer, audience: 'api' }).createAccessToken('ada');
    expect((await manager.verify(token)).issuer).to.equal(issuer);
    expect(await introspect(token)).to.deep.equal({ active: false });
    expect((await ask('revoke', { token })).status).to.equal(200);
    expect((await manager.verify(token)).issuer).to.equal(issuer);
  });

  it('says of every other token that it is not active, without a difference', async () => {
    let now = Date.now();
    await start({}, { clock: () => now });
    const expired = await manager.createAccessToken('ada', { expiresIn: 1 });
    const revoked = await manager.createAccessToken('ada');
    await manager.revoke(revoked);
    const ended = await manager.createTokenPair('bob');
    await manager.revokeAll('bob');
    now += 2000;
    const other = testManager({ keys: KeySet.fromSecret(otherSecret) });
    const tokens = [
      expired,
      revoked,
      ended.access_token,
      ended.refresh_token,
      await other.createAccessToken('ada'),
      forge({ alg: 'none', typ: 'at+jwt' }, { sub: 'ada' }, 'x'),
      await manager.createTicket('ada', { purpose: 'x', expiresIn: 60 }),
      'eyJ',
      '',
      ' ',
      'x'.repeat(20_000),
    ];
    for (const token of tokens) expect(await introspect(token), token.slice(0, 40)).to.deep.equal(inactive);
  });

  it('describes a refresh token to its own client only, and revokes a token for its own client only', async () => {
    await start();
    const pair = await manager.createTokenPair('ada', { clientId: 'billing' });
    const shop = { Authorization: basic('shop', secretOf.shop) };
    expect(await introspect(pair.refresh_token)).to.include({ active: true, client_id: 'billing' });
    expect(await introspect(pair.refresh_token)).not.to.have.property('token_type');
    expect(await introspect(pair.refresh_token, shop)).to.deep.equal(inactive);
    expect(await introspect(pair.access_token, shop)).to.include({ active: true });
    for (const token of [pair.refresh_token, pair.access_token]) {
      const { status, body } = await ask('revoke', { token }, shop);
      expect([status, body]).to.deep.equal([200, {}]);
      expect(await introspect(token)).to.include({ active: true });
    }
    expect((await ask('revoke', { token: pair.refresh_token })).status).to.equal(200);
    for (const token of [pair.refresh_token, pair.access_token])
      expect(await introspect(token)).to.deep.equal(inactive);
  });

  it('revokes a token, and answers alike for one that is none (RFC 7009)', async () => {
    await start();
    const pair = await manager.createTokenPair('ada');
    const tokens = [
      pair.access_token,
      pair.access_token,
      'x',
      '',
      await testManager({ keys: KeySet.fromSecret(otherSecret) }).createAccessToken('ada'),
    ];
    for (const token of tokens) {
      const { status, body, headers } = await ask('revoke', { token, token_type_hint: 'refresh_token' });
      expect([status, body, headers.get('Cache-Control')]).to.deep.equal([200, {}, 'no-store']);
    }
    expect(await introspect(pair.access_token)).to.deep.equal(inactive);
    expect(await introspect(pair.refresh_token)).to.include({ active: true });
  });

  it('authenticates the client by Basic or in the form (RFC 6749, section 2.3.1)', async () => {
    await start();
    const token = await manager.createAccessToken('ada');
    const good: [form: Record<string, string>, headers: Record<string, string>][] = [
      [{}, billing],
      [{}, { Authorization: billing.Authorization.replace('Basic', 'BASIC') }],
      [{}, { Authorization: basic('shop', secretOf.shop) }],
      [
        {},
        {
          Authorization: basic('shop', secretOf.shop, (part) =>
            encodeURIComponent(part).replaceAll('%20', '+'),
          ),
        },
      ],
      [{ client_id: 'billing' }, billing],
      [{ client_id: 'shop', client_secret: secretOf.shop }, {}],
    ];
    for (const [form, headers] of good)
      expect((await ask('introspect', { token, ...form }, headers)).body).to.include({ active: true });
  });

  it('takes a secret with any characters by Basic, encoded as in a form or as it is', async () => {
    const secret = `Zq3v9Xk2+Lr8TnB5w/Yc7Hs4Jd6%zzFg1Mp0==`;
    for (const known of [secret, secret.replace('%zz', '%41')]) {
      await start({ clients: { shop: known } });
      const token = await manager.createAccessToken('ada');
      for (const encode of [encodeURIComponent, String]) {
        const headers = { Authorization: basic('shop', known, encode) };
        expect((await ask('introspect', { token, client_id: 'shop' }, headers)).body).to.include({
          active: true,
        });
      }
      await app.close();
    }
    await start();
  });

  it('rejects two Authorization headers, of which Node keeps the first', async () => {
    await start();
    const headers = [
      ...['Content-Length', '7', 'Content-Type', 'application/x-www-form-urlencoded'],
      'Host',
      'localhost',
    ];
    const twice = ['Authorization', billing.Authorization, 'Authorization', basic('shop', secretOf.shop)];
    const sent = httpRequest(`${app.url}/oauth/introspect`, {
      method: 'POST',
      headers: [...headers, ...twice],
    });
    sent.end('token=a');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect([response.statusCode, await readJson(response)]).to.deep.equal([
      400,
      { error: 'invalid_request' },
    ]);
  });

  it('answers an unknown client and a wrong secret alike, without a look at the token', async () => {
    await start();
    const token = await manager.createAccessToken('ada');
    const wrong: [form: Record<string, string>, authorization?: string][] = [
      [{}],
      [{ client_id: 'billing' }],
      [{ client_secret: secretOf.billing }],
      [{ client_id: 'billing', client_secret: secretOf.shop }],
      [{ client_id: 'nobody', client_secret: '' }],
      [{ client_id: '', client_secret: '' }],
      [{ client_id: '__proto__', client_secret: 'x' }],
      [{}, basic('billing', `${secretOf.billing}x`)],
      [{}, basic('nobody', secretOf.billing)],
      [{}, basic('billing', '')],
      [{}, basic('', secretOf.billing)],
      [{}, 'Basic'],
      [{}, 'Basic !!!'],
      [{}, `Basic ${Buffer.from('billing').toString('base64')}`],
      [{}, `Basic ${Buffer.from('billing:%zz').toString('base64')}`],
      [{}, `Bearer ${token}`],
    ];
    for (const [form, authorization] of wrong) {
      const headers = authorization === undefined ? {} : { Authorization: authorization };
      for (const endpoint of ['introspect', 'revoke']) {
        const answer = await ask(endpoint, { token, ...form }, headers);
        expect([answer.status, answer.body, answer.challenge], authorization).to.deep.equal([
          ...[401, { error: 'invalid_client' }, 'Basic realm="api", charset="UTF-8"'],
        ]);
        expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      }
    }
    expect(await introspect(token)).to.include({ active: true });
  });

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    it(`says that a request is malformed, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
      await start({}, {}, { defaultErrorHandler });
      const twice = 'token=a&token=b';
      const both = { token: 'a', client_id: 'billing', client_secret: secretOf.billing };
      const bad: [form: Record<string, string> | string, headers?: Record<string, string>][] = [
        [{}],
        [twice],
        ['token[a]=b'],
        [both],
        [{ token: 'a', client_id: 'shop' }],
        ['{"token":"a"}', { ...billing, 'Content-Type': 'application/json' }],
        [{ token: 'a' }, { ...billing, 'Content-Type': 'text/plain' }],
      ];
      for (const [form, headers] of bad) {
        const { status, body } = await ask('introspect', form, headers ?? billing);
        expect([status, body], JSON.stringify(form)).to.deep.equal([400, { error: 'invalid_request' }]);
      }
      const { status, body, challenge } = await ask('revoke', { token: 'a' }, {});
      expect([status, body, challenge]).to.deep.equal([
        ...[401, { error: 'invalid_client' }, 'Basic realm="api", charset="UTF-8"'],
      ]);
    });
  }

  it('is 503 when the store fails, with Retry-After', async () => {
    class DownStore extends MemoryTokenStore {
      override isRevoked(): boolean {
        throw new Error('down');
      }
    }
    await start({}, { store: new DownStore() });
    const token = await manager.createAccessToken('ada');
    for (const endpoint of ['introspect', 'revoke']) {
      const { status, body, headers } = await ask(endpoint, { token });
      expect([status, headers.get('Retry-After')]).to.deep.equal([503, '1']);
      expect(body).to.deep.include({ code: 'ERR_JWT_STORE' });
    }
  });

  it('asks a function about clients, which lets no one in unless it returns true', async () => {
    let verdict: unknown = true;
    const clients = (id: string, secret: string) => {
      expect([id, secret]).to.deep.equal(['billing', secretOf.billing]);
      if (verdict instanceof Error) throw verdict;
      return verdict as boolean;
    };
    await start({ clients }, { hookTimeout: 1 });
    const token = await manager.createAccessToken('ada');
    const statusFor = async (value: unknown) => {
      verdict = value;
      return (await ask('introspect', { token })).status;
    };
    expect(await statusFor(Promise.resolve(true))).to.equal(200);
    for (const value of [false, undefined, 1, 'yes', {}, Promise.resolve(false)])
      expect(await statusFor(value)).to.equal(401);
    const broken = [new Error('x'), Promise.reject(new Error('x')), new Promise(() => undefined)];
    for (const value of shortList(broken, 2)) {
      (value as Partial<Promise<unknown>>).catch?.(() => undefined);
      expect(await statusFor(value)).to.equal(503);
    }
  });

  if (driver === 'express')
    it('reads the form itself where no parser has run', async () => {
      await start({}, {}, {}, express().set('env', 'test'));
      const token = await manager.createAccessToken('ada');
      expect(await introspect(token)).to.include({ active: true });
      expect((await ask('introspect', `token=${'x'.repeat(70_000)}`)).body).to.deep.equal({
        error: 'invalid_request',
      });
      expect((await ask('introspect', 'token=a&token=b')).status).to.equal(400);
    });
});

describe('The options of createOAuthController', () => {
  const wrong: [options: unknown, says: RegExp][] = [
    [undefined, /^createOAuthController: the options must be an object/],
    [{}, /clients must be an object of ids and secrets, or a function/],
    [{ clients: {} }, /clients must be an object/],
    [{ clients: [] }, /clients must be an object/],
    [{ clients: { a: 'short' } }, /the secret of 'a' must be a random string of at least 32/],
    [{ clients: { a: undefined } }, /the secret of 'a'/],
    [{ clients: secretOf, prefix: 1 }, /prefix must be a non-empty string/],
    [{ clients: secretOf, path: '/x' }, /has no option 'path'/],
  ];
  for (const [options, says] of wrong)
    it(`say what is wrong about ${JSON.stringify(options)}`, async () => {
      const error = await refusalOf(
        () => createOAuthController(testManager(), options as never),
        ConfigurationError,
      );
      expect(error.message).to.match(says);
    });

  it('need a manager with a store', async () => {
    for (const manager of [undefined, testManager({ store: false })])
      await refusalOf(
        () => createOAuthController(manager as never, { clients: secretOf }),
        ConfigurationError,
      );
  });
});
