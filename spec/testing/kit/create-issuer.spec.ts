import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { expect } from 'chai';
import { decode, verify as verifyJwt } from 'jsonwebtoken';
import { ConfigurationError, JwtManager, KeySet, type Algorithm } from '../../../src';
import {
  createClock,
  createIssuer,
  type TestIssuerOptions,
  type TestTokenOptions,
} from '../../../src/testing';
import { request } from '../../support/app';
import { shortList } from '../../support/full';
import { startKitApp } from '../../support/kit-routes';
import { testManager } from '../../support/manager';

interface NamedJwk extends JsonWebKey {
  readonly kid: string;
}

async function keysOf(jwksUri: string): Promise<readonly NamedJwk[]> {
  const { body } = await request(jwksUri);
  return (body as { keys: NamedJwk[] }).keys;
}

describe('createIssuer', () => {
  it('serves the documents that lead to its keys', async () => {
    const issuer = await createIssuer();
    const answers = await Promise.all(
      ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks', '/token'].map(
        (path) => request(issuer.issuer + path),
      ),
    );
    const keys = await keysOf(issuer.jwksUri);
    await issuer.close();
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 404]);
    const [discovery, metadata] = answers;
    expect(discovery?.body).to.include({ issuer: issuer.issuer, jwks_uri: issuer.jwksUri });
    expect(metadata?.body).to.deep.equal(discovery?.body);
    expect(keys).to.have.lengthOf(1);
    expect(keys[0]).to.include({ alg: 'RS256', kty: 'RSA', use: 'sig' }).and.not.have.any.keys('d', 'p', 'q');
    expect(issuer.requests).to.have.lengthOf(5).and.include('/token');
  });

  const algorithms = ['RS256', 'ES256', 'EdDSA', 'PS512', 'ES384', 'Ed25519'] as const satisfies Algorithm[];
  for (const algorithm of shortList(algorithms, 3)) {
    it(`signs with ${algorithm}`, async () => {
      const issuer = await createIssuer({ algorithm });
      const text = await issuer.token('ada', { audience: 'api' });
      const jwks = { keys: await keysOf(issuer.jwksUri) };
      await issuer.close();
      // As tokens of the manager, since they have all that those have.
      const keys = KeySet.fromJwks(jwks);
      const jwtManager = new JwtManager({ keys, issuer: issuer.issuer, audience: 'api', store: false });
      const token = await jwtManager.verify(text);
      expect(token)
        .to.include({ identity: 'ada', issuer: issuer.issuer })
        .and.have.deep.property('audience', ['api']);
    });
  }

  it('issues what the test asks for', async () => {
    const { clock } = createClock(new Date('2030-01-01T00:00:00Z'));
    const issuer = await createIssuer({ clock, algorithm: 'ES256' });
    const claims = { iss: 'https://other.example', realm_access: { roles: ['admin'] }, jti: undefined };
    const token = decode(await issuer.token(undefined, { type: 'JWT', claims }), { complete: true });
    await issuer.close();
    const iat = Date.UTC(2030, 0, 1) / 1000;
    const { kid, ...header } = token?.header ?? {};
    expect(kid).to.be.a('string');
    expect(header).to.deep.equal({ alg: 'ES256', typ: 'JWT' });
    expect(token?.payload).to.deep.equal({
      iss: 'https://other.example',
      sub: 'test',
      iat,
      exp: iat + 900,
      realm_access: { roles: ['admin'] },
    });
  });

  it('signs with a new key after a rotation, and still publishes the earlier ones', async () => {
    const issuer = await createIssuer({ algorithm: 'ES256' });
    const texts = [await issuer.token()];
    for (let round = 0; round < 2; round++) {
      await issuer.rotate();
      texts.push(await issuer.token());
    }
    const keys = await keysOf(issuer.jwksUri);
    await issuer.close();
    const kids = texts.map((text) => decode(text, { complete: true })?.header.kid);
    expect(new Set(kids)).to.have.property('size', 3);
    for (const text of texts) {
      const kid = decode(text, { complete: true })?.header.kid;
      const key = createPublicKey({
        key: keys.find((each) => each.kid === kid) as JsonWebKey,
        format: 'jwk',
      });
      expect(verifyJwt(text, key, { algorithms: ['ES256'] })).to.include({ sub: 'test' });
    }
  });

  for (const place of ['discovery', 'jwksUri'] as const) {
    it(`can be trusted by its ${place}, on a route`, async () => {
      const issuer = await createIssuer({ algorithm: 'ES256' });
      const at = place === 'discovery' ? { discovery: true as const } : { jwksUri: issuer.jwksUri };
      const jwtManager = testManager({
        trustedIssuers: [
          {
            issuer: issuer.issuer,
            audience: 'api',
            algorithms: ['ES256'],
            claimsTo: { roles: ['realm_access', 'roles'] },
            ...at,
          },
        ],
      });
      const app = await startKitApp(jwtManager);
      const get = async (path: string, options: TestTokenOptions) =>
        app.send('GET', path, { Authorization: `Bearer ${await issuer.token('ada', options)}` });
      const claims = { realm_access: { roles: ['admin'] } };
      const answers = [
        await get('/admin', { audience: 'api', claims }),
        await get('/admin', { audience: 'api' }),
        await get('/user', { audience: 'other' }),
        await get('/user', { audience: 'api', claims: { exp: 1 } }),
        await get('/user', { audience: 'api', type: 'JWT' }),
      ];
      await app.close();
      await issuer.close();
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 403, 401, 401, 401]);
      expect(issuer.requests.filter((path) => path === '/jwks')).to.have.lengthOf(1);
    });
  }

  it('rotates its keys for a manager that follows them, as often as that asks for new ones', async () => {
    const { clock, advance } = createClock();
    const issuer = await createIssuer({ clock, algorithm: 'ES256' });
    const jwtManager = testManager({
      clock,
      trustedIssuers: [{ issuer: issuer.issuer, discovery: true, audience: 'api', algorithms: ['ES256'] }],
    });
    const texts = [await issuer.token('ada', { audience: 'api' })];
    for (const identity of ['ada', 'grace', 'edsger']) {
      expect((await jwtManager.verify(texts.at(-1) ?? '')).identity).to.equal(identity);
      await issuer.rotate();
      advance('10s');
      texts.push(await issuer.token(identity === 'ada' ? 'grace' : 'edsger', { audience: 'api' }));
    }
    for (const text of texts) expect(await jwtManager.verify(text)).to.have.property('issuer', issuer.issuer);
    await issuer.close();
  });

  it('is gone once it is closed', async () => {
    const issuer = await createIssuer({ algorithm: 'ES256' });
    await issuer.close();
    const error: unknown = await fetch(issuer.jwksUri).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TypeError);
  });

  const wrong: [options: unknown, message: RegExp][] = [
    [{ algorithm: 'HS256' }, /^createIssuer: algorithm must be one of RS256/],
    [{ algorithm: 'none' }, /^createIssuer: algorithm must be/],
    [{ clock: 1 }, /^createIssuer: clock must be/],
    [{ issuer: 'x' }, /^createIssuer has no option 'issuer'/],
    [null, /^createIssuer: the options must be an object/],
  ];
  for (const [options, message] of wrong) {
    it(`does not start with ${JSON.stringify(options)}`, async () => {
      const error: unknown = await createIssuer(options as TestIssuerOptions).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(ConfigurationError).with.property('message').that.matches(message);
    });
  }

  it('issues nothing with wrong options', async () => {
    const issuer = await createIssuer({ algorithm: 'EdDSA' });
    const given: unknown[] = [{ audience: '' }, { type: 1 }, { scope: 'x' }, null];
    const errors = await Promise.all(
      given.map((options) =>
        issuer.token('ada', options as TestTokenOptions).catch((thrown: unknown) => thrown),
      ),
    );
    await issuer.close();
    for (const error of errors) expect(error).to.be.instanceOf(ConfigurationError);
  });
});
