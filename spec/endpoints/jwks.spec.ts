import 'reflect-metadata';
import { expect } from 'chai';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Get, JsonController, type RoutingControllersOptions } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  createJwksController,
  describeRoutes,
  JwtManager,
  JwtRequired,
  KeySet,
  type JwksControllerOptions,
  type JwtManagerOptions,
} from '../../src';
import { describeOnDrivers, getWith, request, startApp, type RunningApp } from '../support/app';
import { keyPairFor } from '../support/keys';
import { otherSecret, secret } from '../support/manager';

const issuer = 'https://api.test';
const trustedIssuers = [{ issuer: 'https://login.test/main', discovery: true as const, audience: 'api' }];

function keysFor(algorithm: 'ES256' | 'RS256' | 'EdDSA', kid: string): KeySet {
  return KeySet.fromPem(keyPairFor(algorithm).privatePem, { algorithm, kid });
}

describeOnDrivers('createJwksController', () => {
  const apps: RunningApp[] = [];

  after(() => Promise.all(apps.map((app) => app.close())));

  async function publish(
    manager: JwtManagerOptions,
    options?: JwksControllerOptions,
    more: RoutingControllersOptions = {},
  ): Promise<{ url: string; jwtManager: JwtManager }> {
    const jwtManager = new JwtManager(manager);
    const app = await startApp({
      controllers: [createJwksController(jwtManager, options)],
      authorizationChecker: createAuthorizationChecker(jwtManager),
      ...more,
    });
    apps.push(app);
    return { url: app.url, jwtManager };
  }

  it('publishes the public halves of all keys, which others verify with', async () => {
    const keys = keysFor('ES256', 'a').add(keysFor('EdDSA', 'b'));
    const { url, jwtManager } = await publish({ keys, issuer, audience: 'api' });
    const { status, body, headers } = await request(`${url}/.well-known/jwks.json`);
    expect([status, body]).to.deep.equal([200, keys.toJwks()]);
    expect(headers.get('Content-Type')).to.match(/^application\/json\b/);
    expect(headers.get('Cache-Control')).to.equal('public, max-age=300');
    expect(JSON.stringify(body)).not.to.match(/"d"/);
    const set = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
    const text = await jwtManager.createAccessToken('ada');
    const { payload } = await jwtVerify(text, set, { issuer, audience: 'api', typ: 'at+jwt' });
    expect(payload.sub).to.equal('ada');
  });

  it('changes with the keys, and its ETag with it', async () => {
    const keys = keysFor('ES256', 'a');
    const { url } = await publish({ keys });
    const place = `${url}/.well-known/jwks.json`;
    const first = await request(place);
    keys.rotate(keysFor('RS256', 'b'));
    const second = await request(place, ifNoneMatch(String(first.headers.get('ETag'))));
    expect([second.status, second.body]).to.deep.equal([200, keys.toJwks()]);
    keys.retire('a');
    const third = await request(place, ifNoneMatch(String(second.headers.get('ETag'))));
    expect([third.status, third.body]).to.deep.equal([200, keys.toJwks()]);
    expect(keys.toJwks().keys.map(({ kid }) => kid)).to.deep.equal(['b']);
  });

  const known: [name: string, header: (tag: string) => string, status: number][] = [
    ['its ETag', (tag) => tag, 304],
    ['its ETag as a weak one', (tag) => `W/${tag}`, 304],
    ['it among others', (tag) => `"x", ${tag},"y"`, 304],
    ['any', () => '*', 304],
    ['another', () => '"x"', 200],
    ['it without quotes', (tag) => tag.replaceAll('"', ''), 200],
    ['nothing', () => '', 200],
  ];
  for (const [name, header, status] of known) {
    it(`responds with ${String(status)} if the client has ${name}`, async () => {
      const { url } = await publish({ keys: keysFor('ES256', 'a') });
      const tag = String((await request(`${url}/.well-known/jwks.json`)).headers.get('ETag'));
      expect(tag).to.match(/^"[\w-]{43}"$/);
      const answer = await request(`${url}/.well-known/jwks.json`, ifNoneMatch(header(tag)));
      expect(answer.status).to.equal(status);
      expect(answer.headers.get('ETag')).to.equal(tag);
      expect(answer.headers.get('Cache-Control')).to.equal('public, max-age=300');
      if (status === 304) expect(answer.body).to.equal('');
    });
  }

  it('responds to HEAD without a body', async () => {
    const { url } = await publish({ keys: keysFor('ES256', 'a') });
    const answer = await request(`${url}/.well-known/jwks.json`, { method: 'HEAD' });
    expect([answer.status, answer.body]).to.deep.equal([200, '']);
    expect(answer.headers.get('ETag')).to.match(/^"/);
  });

  it('takes nothing but GET and HEAD', async () => {
    const { url } = await publish({ keys: keysFor('ES256', 'a') });
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await request(`${url}/.well-known/jwks.json`, { method })).status).to.be.oneOf([404, 405]);
  });

  it('is public next to protected methods, also with protectByDefault, and whatever token comes', async () => {
    @JsonController()
    class Things {
      @Get('/things')
      things() {
        return {};
      }

      @Get('/rule')
      @JwtRequired()
      rule() {
        return {};
      }
    }
    const jwtManager = new JwtManager({ keys: keysFor('ES256', 'a'), issuer });
    const app = await startApp({
      controllers: [Things, createJwksController(jwtManager, { resource: issuer })],
      authorizationChecker: createAuthorizationChecker(jwtManager, { protectByDefault: true }),
    });
    apps.push(app);
    for (const path of ['/things', '/rule']) expect((await request(app.url + path)).status).to.equal(401);
    for (const name of ['jwks.json', 'oauth-authorization-server', 'oauth-protected-resource']) {
      const place = `${app.url}/.well-known/${name}`;
      for (const { status, headers } of [await request(place), await getWith(place, 'x')]) {
        expect(status).to.equal(200);
        expect(headers.get('Vary') ?? '').not.to.include('Authorization');
      }
    }
  });

  it('may have another path, below the prefix of the server', async () => {
    const options = { path: '/keys/public.json' };
    const { url } = await publish({ keys: keysFor('ES256', 'a'), issuer }, options, { routePrefix: '/v1' });
    expect((await request(`${url}/v1/keys/public.json`)).status).to.equal(200);
    expect((await request(`${url}/v1/.well-known/jwks.json`)).status).to.equal(404);
    expect((await request(`${url}/v1/.well-known/oauth-authorization-server?x=/keys`)).body).to.deep.equal({
      issuer,
      jwks_uri: 'https://api.test/v1/keys/public.json',
    });
  });

  it('describes the issuer alike for every spelling of the path that a router takes', async () => {
    const { url } = await publish({ keys: keysFor('ES256', 'a'), issuer }, {}, { routePrefix: '/v1' });
    for (const path of [
      '/.Well-Known/OAuth-Authorization-Server',
      '/.well-known/oauth-authorization-server/',
    ])
      expect((await request(`${url}/v1${path}`)).body).to.deep.equal({
        issuer,
        jwks_uri: 'https://api.test/v1/.well-known/jwks.json',
      });
  });

  const servers: [issuer: string, path: string | undefined, jwksUri: string][] = [
    ['https://api.test', '', 'https://api.test/.well-known/jwks.json'],
    ['https://api.test/', '', 'https://api.test/.well-known/jwks.json'],
    ['https://api.test:8443/auth', '/auth', 'https://api.test:8443/.well-known/jwks.json'],
    ['https://api.test/auth/a-b/', '/auth/a-b', 'https://api.test/.well-known/jwks.json'],
    ['http://localhost:8000', '', 'http://localhost:8000/.well-known/jwks.json'],
  ];
  for (const [name, path = '', jwksUri] of servers) {
    it(`describes the issuer ${name}`, async () => {
      const { url } = await publish({ keys: keysFor('ES256', 'a'), issuer: name });
      const { status, body, headers } = await request(`${url}/.well-known/oauth-authorization-server${path}`);
      expect([status, body]).to.deep.equal([200, { issuer: name, jwks_uri: jwksUri }]);
      expect(headers.get('ETag')).to.match(/^"/);
    });
  }

  for (const name of [
    undefined,
    'api',
    'urn:api',
    'https:',
    'https://api.test/:id',
    'https://api.test/(a)',
  ]) {
    it(`describes no issuer that is ${String(name)}`, async () => {
      const { url } = await publish({ keys: keysFor('ES256', 'a'), issuer: name });
      expect((await request(`${url}/.well-known/oauth-authorization-server`)).status).to.equal(404);
      expect((await request(`${url}/.well-known/jwks.json`)).status).to.equal(200);
    });
  }

  it('does not believe the Host header', async () => {
    const { url } = await publish({ keys: keysFor('ES256', 'a'), issuer });
    const headers = { 'X-Forwarded-Host': 'evil.test', 'X-Forwarded-Proto': 'http' };
    const { body } = await request(`${url}/.well-known/oauth-authorization-server`, { headers });
    expect(body).to.deep.equal({ issuer, jwks_uri: 'https://api.test/.well-known/jwks.json' });
  });

  const resources: [
    name: string,
    manager: JwtManagerOptions,
    resource: string,
    path: string,
    servers?: string[],
  ][] = [
    ['its own issuer', { keys: keysFor('ES256', 'a'), issuer }, 'https://api.test', '', [issuer]],
    [
      'the issuers that it trusts',
      { trustedIssuers },
      'https://api.test/mcp',
      '/mcp',
      ['https://login.test/main'],
    ],
    [
      'both',
      { keys: keysFor('ES256', 'a'), issuer, trustedIssuers },
      'https://api.test/',
      '',
      [issuer, 'https://login.test/main'],
    ],
    ['none that is a URL', { keys: keysFor('ES256', 'a'), issuer: 'api' }, 'https://api.test', ''],
    [
      'none of its own without keys',
      { issuer, trustedIssuers },
      'https://api.test',
      '',
      ['https://login.test/main'],
    ],
  ];
  for (const [name, manager, resource, path, authorization_servers] of resources) {
    it(`describes the resource ${resource} with ${name}`, async () => {
      const { url } = await publish(manager, { resource });
      const { status, body } = await request(`${url}/.well-known/oauth-protected-resource${path}`);
      const members = authorization_servers ? { authorization_servers } : {};
      expect([status, body]).to.deep.equal([
        200,
        { resource, ...members, bearer_methods_supported: ['header'] },
      ]);
    });
  }

  it('leads from a rejection to the issuer', async () => {
    @JsonController()
    class Tools {
      @Get('/tools')
      @JwtRequired()
      tools() {
        return {};
      }
    }
    const jwtManager = new JwtManager({ trustedIssuers });
    const app = await startApp({
      controllers: [Tools, createJwksController(jwtManager, { resource: 'https://api.test' })],
      authorizationChecker: createAuthorizationChecker(jwtManager, {
        challenge: () => ({ resource_metadata: 'https://api.test/.well-known/oauth-protected-resource' }),
      }),
    });
    apps.push(app);
    const { status, challenge } = await request(`${app.url}/tools`);
    expect(status).to.equal(401);
    const metadata = /resource_metadata="https:\/\/api.test([^"]+)"/.exec(String(challenge))?.[1];
    expect((await request(`${app.url}${String(metadata)}`)).body).to.include({
      resource: 'https://api.test',
    });
  });
});

describe('createJwksController', () => {
  it('is listed with its public routes', () => {
    const jwtManager = new JwtManager({ keys: keysFor('ES256', 'a'), issuer });
    // Other controllers of this process have the same routes.
    const listed = () => describeRoutes().map((route) => JSON.stringify(route));
    const before = listed();
    createJwksController(jwtManager, { resource: issuer });
    const common = { method: 'GET', controller: 'JwksController', requirement: null };
    const added = [
      { ...common, path: '/.well-known/jwks.json', handler: 'jwks' },
      { ...common, path: '/.well-known/oauth-authorization-server', handler: 'authorizationServer' },
      { ...common, path: '/.well-known/oauth-protected-resource', handler: 'protectedResource' },
    ];
    const sorted = (routes: readonly object[]) =>
      routes.map((route) => JSON.stringify(Object.entries(route).sort())).sort();
    const parsed = (routes: readonly string[]) => routes.map((route) => JSON.parse(route) as object);
    expect(sorted(parsed(listed()))).to.deep.equal(sorted([...parsed(before), ...added]));
  });

  const keys = keysFor('ES256', 'a');
  const wrong: [name: string, manager: JwtManagerOptions, options: object, message: string][] = [
    ['a secret', { secret }, {}, 'KeySet.toJwks: secrets have no public half'],
    [
      'several secrets',
      { keys: KeySet.fromSecret(secret).add(KeySet.fromSecret(otherSecret)) },
      {},
      'secrets have no public',
    ],
    ['a secret and a resource', { secret }, { resource: issuer }, 'secrets have no public half'],
    [
      'no keys',
      { trustedIssuers },
      {},
      'createJwksController: the manager has no keys of its own. Set resource',
    ],
    [
      'an unknown option',
      { keys },
      { prefix: '/' },
      "createJwksController has no option 'prefix'; there are: path, resource",
    ],
    [
      'a path without a slash',
      { keys },
      { path: 'jwks.json' },
      "createJwksController: path must be a path such as '/jwks.json'",
    ],
    ['a path with a parameter', { keys }, { path: '/:name' }, 'path must be a path'],
    ['a path with a pattern', { keys }, { path: '/*' }, 'path must be a path'],
    ['a pattern as path', { keys }, { path: /jwks/ }, 'path must be a path'],
    ['a URL as path', { keys }, { path: 'https://api.test/jwks.json' }, 'path must be a path'],
    ['an empty path', { keys }, { path: '' }, 'path must be a path'],
    [
      'a resource that is a name',
      { keys },
      { resource: 'api' },
      'createJwksController: resource must be a URL without query',
    ],
    [
      'a resource with a query',
      { keys },
      { resource: 'https://api.test/?a' },
      'resource must be a URL without query',
    ],
    [
      'a resource with a fragment',
      { keys },
      { resource: 'https://api.test/#a' },
      'resource must be a URL without query',
    ],
    [
      'a resource with a pattern',
      { keys },
      { resource: 'https://api.test/*' },
      'resource must be a URL without query',
    ],
    ['a URL as resource', { keys }, { resource: new URL(issuer) }, 'resource must be a URL without query'],
  ];
  for (const [name, manager, options, message] of wrong) {
    it(`is not created with ${name}`, () => {
      const jwtManager = new JwtManager(manager);
      expect(() => createJwksController(jwtManager, options)).to.throw(ConfigurationError, message);
    });
  }

  it('is not created without a manager', () => {
    expect(() => createJwksController({} as JwtManager)).to.throw(
      ConfigurationError,
      'createJwksController needs a JwtManager',
    );
  });
});

function ifNoneMatch(tag: string): RequestInit {
  return { headers: { 'If-None-Match': tag } };
}
