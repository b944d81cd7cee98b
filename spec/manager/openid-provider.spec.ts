import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonWebKey } from 'node:crypto';
import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import { createAuthorizationChecker, InjectToken, JwtManager, JwtRequired, Token } from '../../src';
import { describeOnDrivers, getWith, startApp, type RunningApp } from '../support/app';
import { warningsDuring } from '../support/warnings';
import { ecKeyPair, jwkOf, keyPairFor, testKeyPair } from '../support/keys';

/** As much of `oidc-provider` as is needed here. It has no types of its own. */
interface ProviderModule {
  readonly Provider: new (
    issuer: string,
    configuration: object,
  ) => {
    callback(): RequestListener;
    on(event: 'server_error', listener: (...given: unknown[]) => void): void;
  };
}

const audience = 'https://api.test';
const client = { id: 'service', secret: 'a-secret-of-the-client-that-is-long-enough' };

/** A provider whose keys can be replaced, as by a restart of it. */
class RunningProvider {
  issuer = '';
  #listener: RequestListener = (_, response) => response.writeHead(503).end();
  readonly #server: Server = createServer((request, response) => {
    this.#listener(request, response);
  });

  async start(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    this.issuer = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    return this;
  }

  async use(keys: readonly JsonWebKey[], alg: string): Promise<void> {
    const getResourceServerInfo = () => ({
      scope: 'read write',
      audience,
      accessTokenFormat: 'jwt',
      accessTokenTTL: 900,
      jwt: { sign: { alg } },
    });
    this.#listener = await silently(async () => {
      // @ts-expect-error it has no types of its own
      const { Provider } = (await import('oidc-provider')) as ProviderModule;
      return new Provider(this.issuer, {
        jwks: { keys },
        clients: [
          {
            client_id: client.id,
            client_secret: client.secret,
            grant_types: ['client_credentials'],
            redirect_uris: [],
            response_types: [],
          },
        ],
        enabledJWA: { idTokenSigningAlgValues: [alg] },
        clientDefaults: { id_token_signed_response_alg: alg },
        ttl: { ClientCredentials: 900 },
        extraTokenClaims: () => ({ realm_access: { roles: ['member'] } }),
        features: {
          devInteractions: { enabled: false },
          clientCredentials: { enabled: true },
          resourceIndicators: { enabled: true, defaultResource: () => audience, getResourceServerInfo },
        },
      }).callback();
    });
  }

  /** An access token as the provider issues it to a client. */
  async token(): Promise<string> {
    const credentials = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${credentials}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read', resource: audience }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

describeOnDrivers('An OpenID provider that others wrote', () => {
  const rsa = jwkOf(keyPairFor('RS256').privateKey, { kid: 'rsa', alg: 'RS256', use: 'sig' });
  const next = jwkOf(testKeyPair('rsa', { modulusLength: 2056 }).privateKey, {
    kid: 'next',
    alg: 'RS256',
    use: 'sig',
  });
  const ec = jwkOf(ecKeyPair('P-256').privateKey, { kid: 'ec', alg: 'ES256', use: 'sig' });
  let offset = 0;
  let provider: RunningProvider;
  let app: RunningApp;

  before(async () => {
    @JsonController()
    class Things {
      @Get('/things')
      @JwtRequired({ roles: 'member', scopes: 'read' })
      things(@InjectToken() token: Token) {
        return { identity: token.identity, issuer: token.issuer };
      }

      @Get('/write')
      @JwtRequired({ scopes: 'write' })
      write() {
        return {};
      }
    }
    provider = await new RunningProvider().start();
    const jwtManager = new JwtManager({
      trustedIssuers: [
        {
          issuer: provider.issuer,
          discovery: true,
          audience,
          algorithms: ['RS256', 'ES256'],
          claimsTo: { roles: ['realm_access', 'roles'] },
        },
      ],
      clock: () => Date.now() + offset,
    });
    app = await startApp({
      controllers: [Things],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
  });

  after(async () => {
    await app.close();
    await provider.close();
  });

  const expectAdmission = async (token: string) => {
    const { status, body } = await getWith(`${app.url}/things`, token);
    expect([status, body]).to.deep.equal([200, { identity: client.id, issuer: provider.issuer }]);
  };

  it('issues tokens that a route accepts by its discovery, with their scopes', async () => {
    await provider.use([rsa], 'RS256');
    const token = await provider.token();
    await expectAdmission(token);
    const { status, body } = await getWith(`${app.url}/write`, token);
    expect([status, body]).to.deep.equal([403, { msg: 'Permission denied', code: 'ERR_JWT_DENIED' }]);
  });

  it('rotates its key, and no token is rejected, old or new', async () => {
    await provider.use([rsa], 'RS256');
    const old = await provider.token();
    await expectAdmission(old);
    await provider.use([next, rsa], 'RS256');
    const fresh = await provider.token();
    await expectAdmission(fresh);
    await expectAdmission(old);
    await provider.use([ec, next], 'ES256');
    await expectAdmission(await provider.token());
    await expectAdmission(fresh);
    expect((await getWith(`${app.url}/things`, old)).status).to.equal(401);
  });

  it('is not asked while its keys are known, and its tokens remain valid when it is down', async () => {
    await provider.use([ec, next], 'ES256');
    const token = await provider.token();
    await expectAdmission(token);
    await provider.close();
    offset = 11 * 60_000;
    const warnings = await warningsDuring(() => expectAdmission(token));
    offset = 0;
    expect(warnings.map(({ name }) => name)).to.deep.equal(['JwtIssuerWarning']);
  });
});

/** Creates a provider without the advice that it prints about production. */
async function silently<T>(create: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return await create();
  } finally {
    Object.assign(console, { info, warn });
  }
}
