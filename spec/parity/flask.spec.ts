import { expect } from 'chai';
import { IsIn } from 'class-validator';
import jwt from 'jsonwebtoken';
import type { Context } from 'koa';
import {
  BadRequestError,
  Body,
  Ctx,
  CurrentUser,
  ForbiddenError,
  Get,
  JsonController,
  Post,
  UseBefore,
} from 'routing-controllers';
import {
  BearerHeader,
  BodyField,
  createAuthorizationChecker,
  CsrfError,
  FreshTokenRequiredError,
  InjectToken,
  InvalidRequestError,
  JwtManager,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  KeySet,
  MemoryTokenStore,
  PermissionDeniedError,
  QueryParameter,
  Token,
  TokenCookies,
  TokenExpiredError,
  TokenInvalidError,
  TokenMissingError,
  TokenRevokedError,
  WrongTokenTypeError,
  type JwtErrorCode,
  type RevocationQuery,
  type TokenPair,
} from '../../src';
import { getWith, request } from '../support/app';
import { CookieJar, cookiesOf } from '../support/cookie-jar';
import { forge } from '../support/forge';
import { keyPairFor } from '../support/keys';
import { otherSecret, secret, startOfTime, testClock, testManager } from '../support/manager';
import { missingHeader, parityApps, protectedBy, refusal, seen, welcome } from '../support/parity';

/** Logs in with cookies, refreshes and logs out, and has a page with a form. */
function browserController(jwtManager: JwtManager, tokenCookies: TokenCookies): Function {
  @JsonController()
  class Browser {
    @Post('/login')
    async login(@Ctx() ctx: Context) {
      tokenCookies.set(ctx, await jwtManager.createTokenPair('ada'));
      return {};
    }

    @Post('/logout')
    @JwtRequired()
    async logout(@InjectToken() token: Token, @Ctx() ctx: Context) {
      await jwtManager.revokeSession(token.sessionId ?? '');
      tokenCookies.clear(ctx);
      return {};
    }

    @Get('/page')
    @JwtRequired()
    page(@InjectToken() token: Token) {
      return { csrf: tokenCookies.csrfValue(token) };
    }
  }
  return Browser;
}

/** The parameters of the path, as the host's router leaves them. */
function paramsOf(context: unknown): { tenant?: string } {
  return (context as { params: { tenant?: string } }).params;
}

describe('what Flask-JWT-Extended says, said here', () => {
  const start = parityApps();

  it('the first page: a login hands out tokens, and a method knows who came', async () => {
    const jwtManager = new JwtManager({ secret });

    @JsonController()
    class Login {
      @Post('/login')
      async login(
        @Body({ validate: false }) { username, password }: { username?: string; password?: string },
      ) {
        if (username !== 'test' || password !== 'test') throw new ForbiddenError('Bad username or password');
        return { access_token: await jwtManager.createAccessToken(username) };
      }
    }

    const app = await start(jwtManager, [Login, protectedBy()]);
    expect((await app.post('/login', { username: 'test' })).status).to.equal(403);
    const { body } = await app.post('/login', { username: 'test', password: 'test' });
    expect(await app.get('/protected')).to.deep.equal(missingHeader);
    expect(await app.get('/protected', (body as TokenPair).access_token)).to.deep.equal(
      welcome({ logined_as: 'test' }),
    );
  });

  describe('keys', () => {
    it('signs with a private key, and another service verifies with the public half', async () => {
      const { privatePem, publicPem } = keyPairFor('ES256');
      const issuing = new JwtManager({ keys: KeySet.fromPem(privatePem, { algorithm: 'ES256' }) });
      const verifying = new JwtManager({
        keys: KeySet.fromPem(publicPem, { algorithm: 'ES256' }),
        store: false,
      });
      const app = await start(verifying, [protectedBy()]);
      expect(await app.get('/protected', await issuing.createAccessToken('ada'))).to.deep.equal(welcome());
      expect(await app.get('/protected', await testManager().createAccessToken('ada'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });

    it('takes tokens of several algorithms, each by the key that it names', async () => {
      const rsa = keyPairFor('RS256');
      const keys = await KeySet.generate('ES256');
      keys.add(KeySet.fromPem(rsa.publicPem, { algorithm: 'RS256' }));
      const app = await start(new JwtManager({ keys, store: false }), [protectedBy()]);
      const old = new JwtManager({ keys: KeySet.fromPem(rsa.privatePem, { algorithm: 'RS256' }) });
      const own = new JwtManager({ keys });
      for (const manager of [old, own]) {
        expect(await app.get('/protected', await manager.createAccessToken('ada'))).to.deep.equal(welcome());
      }
    });

    it('has a manager for each tenant, with keys of its own, and the route names it', async () => {
      const acme = new JwtManager({ keys: await KeySet.generate('HS256'), issuer: 'acme' });
      const app = await start({ default: testManager(), acme }, [protectedBy({ manager: 'acme' })]);
      expect(await app.get('/protected', await acme.createAccessToken('ada'))).to.deep.equal(welcome());
      expect(await app.get('/protected', await testManager().createAccessToken('ada'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });
  });

  describe('claims', () => {
    it('writes issuer and audience and demands them', async () => {
      const jwtManager = testManager({ issuer: 'https://id.example', audience: 'https://api.example' });
      const app = await start(jwtManager, [protectedBy()]);
      expect(await app.get('/protected', await jwtManager.createAccessToken('ada'))).to.deep.equal(welcome());
      const elsewhere = testManager({ issuer: 'https://id.example', audience: 'https://other.example' });
      for (const other of [testManager(), elsewhere]) {
        expect(await app.get('/protected', await other.createAccessToken('ada'))).to.deep.equal(
          refusal(new TokenInvalidError()),
        );
      }
    });

    it('forgives clocks that differ, as far as it is told', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock, clockTolerance: '10s', accessTokenTtl: '1m' });
      const app = await start(jwtManager, [protectedBy()]);
      const token = await jwtManager.createAccessToken('ada');
      clock.advance(69);
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      clock.advance(2);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new TokenExpiredError()));
    });

    it('lets tokens live as long as the manager or the call says', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock, accessTokenTtl: '5m', refreshTokenTtl: '1h' });
      const app = await start(jwtManager, [protectedBy({ type: 'any' })]);
      const access = await jwtManager.createAccessToken('ada');
      const short = await jwtManager.createAccessToken('ada', { expiresIn: '1m' });
      const refresh = await jwtManager.createRefreshToken('ada');
      const verdicts: unknown[] = [];
      for (const minutes of [0, 2, 4, 60]) {
        clock.advance(minutes * 60);
        const answers = [await app.get('/protected', short), await app.get('/protected', access)];
        verdicts.push([...answers, await app.get('/protected', refresh)].map(({ status }) => status));
      }
      expect(verdicts).to.deep.equal([
        [200, 200, 200],
        [401, 200, 200],
        [401, 401, 200],
        [401, 401, 401],
      ]);
    });

    it('makes text of a user, which is the identity', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy()]);
      const user = { id: 42, name: 'Ada' };
      const token = await jwtManager.createAccessToken(String(user.id));
      expect(await app.get('/protected', token)).to.deep.equal(welcome({ logined_as: '42' }));
    });

    it('carries claims of the application, which a method reads from the token', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Plans {
        @Get('/plan')
        @JwtRequired()
        plan(@InjectToken() { claims, id, identity }: Token) {
          return { claims, hasId: id.length > 20, identity };
        }
      }

      const app = await start(jwtManager, [Plans]);
      const token = await jwtManager.createAccessToken('ada', { claims: { plan: 'pro' } });
      expect(await app.get('/plan', token)).to.deep.equal(
        welcome({ claims: { plan: 'pro' }, hasId: true, identity: 'ada' }),
      );
    });

    it('asks anew at each refresh what the tokens are to say', async () => {
      const plans = new Map([['ada', 'free']]);
      const planOf = (identity: string) => ({ claims: { plan: plans.get(identity) } });
      const jwtManager = testManager({ claimsFor: planOf });

      @JsonController()
      class Plans {
        @Post('/refresh')
        @JwtRefreshRequired({ locations: [new BodyField()] })
        refresh(@InjectToken() token: Token) {
          return jwtManager.refresh(token);
        }

        @Get('/plan')
        @JwtRequired()
        plan(@InjectToken() token: Token) {
          return token.claims;
        }
      }

      const app = await start(jwtManager, [Plans]);
      const { access_token, refresh_token } = await jwtManager.createTokenPair('ada', planOf('ada'));
      plans.set('ada', 'pro');
      const renewed = (await app.post('/refresh', { refresh_token })).body as TokenPair;
      expect(await app.get('/plan', access_token)).to.deep.equal(welcome({ plan: 'free' }));
      expect(await app.get('/plan', renewed.access_token)).to.deep.equal(welcome({ plan: 'pro' }));
    });

    it('refuses tokens whose claims do not fit their class', async () => {
      class PlanClaims {
        @IsIn(['free', 'pro']) plan!: string;
      }
      const jwtManager = new JwtManager({ secret, claims: PlanClaims });
      const app = await start(jwtManager, [protectedBy()]);
      const good = await jwtManager.createAccessToken('ada', { claims: { plan: 'pro' } });
      expect(await app.get('/protected', good)).to.deep.equal(welcome());
      const bad = await testManager().createAccessToken('ada', { claims: { plan: 'gold' } });
      expect(await app.get('/protected', bad)).to.deep.equal(refusal(new TokenInvalidError()));
    });
  });

  describe('what a route demands', () => {
    it('lets guests in where a token is optional, and nobody with a bad one', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Greetings {
        @Get('/greeting')
        @JwtOptional()
        greet(@InjectToken() token: Token | undefined) {
          return { hello: token?.identity ?? 'guest' };
        }
      }

      const app = await start(jwtManager, [Greetings]);
      expect(await app.get('/greeting')).to.deep.equal(welcome({ hello: 'guest' }));
      expect(await app.get('/greeting', await jwtManager.createAccessToken('ada'))).to.deep.equal(
        welcome({ hello: 'ada' }),
      );
      expect(await app.get('/greeting', 'bad')).to.deep.equal(refusal(new TokenInvalidError()));
    });

    it('opens a method for refresh tokens alone, and answers with a new pair', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Sessions {
        @Get('/refresh')
        @JwtRefreshRequired()
        refresh(@InjectToken() token: Token) {
          return jwtManager.refresh(token);
        }
      }

      const app = await start(jwtManager, [Sessions, protectedBy()]);
      const { access_token, refresh_token } = await jwtManager.createTokenPair('ada');
      expect(await app.get('/refresh', access_token)).to.deep.equal(
        refusal(new WrongTokenTypeError('refresh')),
      );
      expect(await app.get('/protected', refresh_token)).to.deep.equal(
        refusal(new WrongTokenTypeError('access')),
      );
      const { body } = await app.get('/refresh', refresh_token);
      expect(await app.get('/protected', (body as TokenPair).access_token)).to.deep.equal(welcome());
    });

    it('demands a login that is recent, which a refresh does not make', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock });
      const app = await start(jwtManager, [protectedBy({ fresh: '5m' })]);
      const pair = await jwtManager.createTokenPair('ada');
      expect(await app.get('/protected', pair.access_token)).to.deep.equal(welcome());
      clock.advance(301);
      const { access_token } = await jwtManager.refresh(pair.refresh_token);
      const never = await jwtManager.createAccessToken('ada');
      for (const token of [access_token, never]) {
        expect(await app.get('/protected', token)).to.deep.equal(refusal(new FreshTokenRequiredError(300)));
      }
    });

    it('takes either type of token where the route says so', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy({ type: 'any' })]);
      const { access_token, refresh_token } = await jwtManager.createTokenPair('ada');
      for (const token of [access_token, refresh_token]) {
        expect(await app.get('/protected', token)).to.deep.equal(welcome());
      }
    });

    it('does not ask the store where the route says so', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy({ skipRevocationCheck: true })]);
      const token = await jwtManager.createAccessToken('ada');
      await jwtManager.revoke(token);
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
    });

    it('has a rule of its own for a token and the request', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Tenants {
        @Get('/tenants/:tenant')
        @JwtRequired({ check: ({ claims }, { context }) => claims['tenant'] === paramsOf(context).tenant })
        read() {
          return { read: true };
        }
      }

      const app = await start(jwtManager, [Tenants]);
      const token = await jwtManager.createAccessToken('ada', { claims: { tenant: 'acme' } });
      expect(await app.get('/tenants/acme', token)).to.deep.equal(welcome({ read: true }));
      expect(await app.get('/tenants/other', token)).to.deep.equal(refusal(new PermissionDeniedError()));
    });

    it('is asked in a middleware, before the method is known', async () => {
      const jwtManager = testManager();
      const authorizationChecker = createAuthorizationChecker(jwtManager);
      const order: string[] = [];

      @JsonController()
      class Routes {
        @Get('/early')
        @UseBefore(async (context: Context, next: () => Promise<unknown>) => {
          const { request, response } = context;
          order.push('before');
          await authorizationChecker({ request, response, context, next }, []);
          order.push('let in');
          await next();
        })
        early() {
          return { order };
        }
      }

      const app = await start(jwtManager, [Routes]);
      // Koa writes the answer: the host's error handler is behind its methods.
      expect(await app.get('/early')).to.deep.equal({
        ...missingHeader,
        body: 'Missing Authorization Header',
      });
      expect(order).to.deep.equal(['before']);
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get('/early', token)).to.deep.equal(
        welcome({ order: ['before', 'before', 'let in'] }),
      );
    });
  });

  describe('revocation', () => {
    it('ends one token, one login, or all of a user', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy()]);
      const alone = await jwtManager.createAccessToken('ada');
      const [phone, laptop] = [
        await jwtManager.createTokenPair('ada'),
        await jwtManager.createTokenPair('ada'),
      ];
      const texts = [alone, phone.access_token, laptop.access_token];
      const alive = async () => {
        const answers = await Promise.all(texts.map((text) => app.get('/protected', text)));
        return answers.map(({ status }) => status === 200);
      };
      expect(await alive()).to.deep.equal([true, true, true]);
      await jwtManager.revoke(alone);
      expect(await alive()).to.deep.equal([false, true, true]);
      const { sessionId = '' } = await jwtManager.verify(phone.access_token);
      await jwtManager.revokeSession(sessionId);
      expect(await alive()).to.deep.equal([false, false, true]);
      await jwtManager.revokeAll('ada');
      expect(await alive()).to.deep.equal([false, false, false]);
      expect(await app.get('/protected', alone)).to.deep.equal(refusal(new TokenRevokedError()));
    });

    it('asks a store of the application about each token', async () => {
      const blocklist = new Set<string>();
      class Blocklist extends MemoryTokenStore {
        override isRevoked(token: RevocationQuery): boolean {
          return blocklist.has(token.jti) || super.isRevoked(token);
        }
      }
      const jwtManager = testManager({ store: new Blocklist() });
      const app = await start(jwtManager, [protectedBy()]);
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      blocklist.add((await jwtManager.verify(token)).id);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new TokenRevokedError()));
    });
  });

  describe('locations', () => {
    it('takes a token in the header, in a cookie, in the query and in the body', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies();
      const app = await start(jwtManager, [protectedBy(), browserController(jwtManager, tokenCookies)], {
        locations: [new BearerHeader(), tokenCookies, new QueryParameter(), new BodyField()],
      });
      const token = await jwtManager.createAccessToken('ada');
      const jar = new CookieJar();
      jar.take(await request(`${app.url}/login`, { method: 'POST' }));
      const answers = [
        await app.get('/protected', token),
        await app.get(`/protected?jwt=${token}`),
        await app.post('/protected', { access_token: token }),
        seen(await request(`${app.url}/protected`, { headers: { Cookie: jar.header() } })),
      ];
      expect(answers).to.deep.equal(answers.map(() => welcome()));
      expect(await app.get('/protected')).to.deep.equal(refusal(new TokenMissingError()));
    });

    it('looks where the route says, and nowhere else', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy({ locations: [new QueryParameter('ticket')] })]);
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get(`/protected?ticket=${token}`)).to.deep.equal(welcome());
      expect(await app.get('/protected', token)).to.deep.equal(
        refusal(new TokenMissingError("Missing query parameter 'ticket'")),
      );
    });

    it('reads another header with another scheme, or with none', async () => {
      const jwtManager = testManager();
      const token = await jwtManager.createAccessToken('ada');
      for (const [header, scheme, value] of [
        ['X-Token', 'JWT', `JWT ${token}`],
        ['X-Token', '', token],
      ] as const) {
        const app = await start(jwtManager, [protectedBy()], {
          locations: [new BearerHeader({ header, scheme })],
        });
        const answer = await request(`${app.url}/protected`, { headers: { [header]: value } });
        expect(seen(answer)).to.deep.equal(welcome());
        expect(await app.get('/protected', token)).to.deep.equal(
          refusal(new TokenMissingError('Missing X-Token Header')),
        );
      }
    });

    it('reads a parameter of the query by its name', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy()], { locations: [new QueryParameter('token')] });
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get(`/protected?token=${token}`)).to.deep.equal(welcome());
      expect(await app.get(`/protected?token=${token}&token=${token}`)).to.deep.equal(
        refusal(new InvalidRequestError('Malformed token parameter')),
      );
    });

    it('reads fields of the body by their names, one for each type', async () => {
      const jwtManager = testManager();
      const locations = [new BodyField('at', 'rt')];
      const pair = await jwtManager.createTokenPair('ada');
      for (const [type, body] of [
        ['access', { at: pair.access_token }],
        ['refresh', { rt: pair.refresh_token }],
      ] as const) {
        const app = await start(jwtManager, [protectedBy({ type })], { locations });
        expect(await app.post('/protected', body)).to.deep.equal(welcome());
        expect((await app.post('/protected', { access_token: pair.access_token })).status).to.equal(401);
      }
    });
  });

  describe('cookies', () => {
    const inBrowser = (jar: CookieJar, headers: Record<string, string> = {}) => ({
      method: 'POST',
      headers: { Cookie: jar.header(), ...headers },
    });

    it('puts a pair into cookies at the login, and takes it out at the logout', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies();
      const app = await start(jwtManager, [browserController(jwtManager, tokenCookies), protectedBy()], {
        locations: [tokenCookies],
      });
      const jar = new CookieJar();
      jar.take(await request(`${app.url}/login`, { method: 'POST' }));
      expect(jar.names).to.have.members(['__Host-access_token', '__Host-refresh_token', '__Host-csrf_token']);
      const stolen = jar.header();
      const read = await request(`${app.url}/protected`, { headers: { Cookie: stolen } });
      expect(seen(read)).to.deep.equal(welcome());
      const value = { 'X-CSRF-Token': jar.value('__Host-csrf_token') };
      expect(jar.take(await request(`${app.url}/logout`, inBrowser(jar, value))).status).to.equal(200);
      expect(jar.names).to.deep.equal([]);
      const after = await request(`${app.url}/protected`, { headers: { Cookie: stolen } });
      expect(seen(after)).to.deep.equal(refusal(new TokenRevokedError()));
    });

    it('marks cookies for TLS, a domain, a kind of site and a path, and lets them last as long as their tokens', async () => {
      const lifetimes = { accessTokenTtl: '10m', refreshTokenTtl: '7d' } as const;
      const jwtManager = testManager({ ...lifetimes, clock: testClock(Date.now()) });
      const tokenCookies = new TokenCookies({
        domain: 'example.com',
        sameSite: 'strict',
        refreshPath: '/refresh',
      });
      const app = await start(jwtManager, [browserController(jwtManager, tokenCookies)]);
      const cookies = cookiesOf(await request(`${app.url}/login`, { method: 'POST' }));
      const common = { domain: 'example.com', secure: true, sameSite: 'strict' };
      const shown = cookies
        .filter(({ value }) => value !== '')
        .map(({ name, path, maxAge, domain, secure, sameSite, httpOnly = false }) => [
          name,
          { path, maxAge, httpOnly, domain, secure, sameSite },
        ]);
      expect(Object.fromEntries(shown)).to.deep.equal({
        '__Secure-access_token': { path: '/', maxAge: 600, httpOnly: true, ...common },
        '__Secure-refresh_token': { path: '/refresh', maxAge: 604_800, httpOnly: true, ...common },
        '__Secure-csrf_token': { path: '/', maxAge: 604_800, httpOnly: false, ...common },
      });
    });

    it('lets cookies end with the browser', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies({ persistent: false });
      const app = await start(jwtManager, [browserController(jwtManager, tokenCookies)]);
      const cookies = cookiesOf(await request(`${app.url}/login`, { method: 'POST' }));
      expect(cookies.map(({ maxAge, expires }) => maxAge ?? expires)).to.deep.equal(Array(3).fill(undefined));
    });

    it('demands a CSRF value of requests that change something, in the header that it is told', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies({ csrfHeader: 'X-Double', csrfMethods: ['GET'] });
      const app = await start(jwtManager, [browserController(jwtManager, tokenCookies), protectedBy()], {
        locations: [tokenCookies],
      });
      const jar = new CookieJar();
      jar.take(await request(`${app.url}/login`, { method: 'POST' }));
      const right = { 'X-Double': jar.value('__Host-csrf_token') };
      const send = async (headers: Record<string, string>) =>
        seen(await request(`${app.url}/protected`, inBrowser(jar, headers)));
      expect(await send(right)).to.deep.equal(welcome());
      expect(await send({})).to.deep.equal(refusal(new CsrfError()));
      expect(await send({ 'X-Double': 'wrong' })).to.deep.equal(refusal(new CsrfError()));
    });

    it('demands no CSRF value where it is told so', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies({ csrf: false });
      const app = await start(jwtManager, [browserController(jwtManager, tokenCookies), protectedBy()], {
        locations: [tokenCookies],
      });
      const jar = new CookieJar();
      jar.take(await request(`${app.url}/login`, { method: 'POST' }));
      expect(jar.names).to.deep.equal(['__Host-access_token', '__Host-refresh_token']);
      expect(seen(await request(`${app.url}/protected`, inBrowser(jar)))).to.deep.equal(welcome());
    });

    it('writes the CSRF value into a page, whose form sends it back', async () => {
      const jwtManager = testManager();
      const tokenCookies = new TokenCookies({ csrfField: 'csrf_token' });
      const app = await start(jwtManager, [browserController(jwtManager, tokenCookies), protectedBy()], {
        locations: [tokenCookies],
      });
      const jar = new CookieJar();
      jar.take(await request(`${app.url}/login`, { method: 'POST' }));
      const page = await request(`${app.url}/page`, { headers: { Cookie: jar.header() } });
      const { csrf } = page.body as { csrf: string };
      const form = new URLSearchParams({ csrf_token: csrf });
      const answer = await request(`${app.url}/protected`, { ...inBrowser(jar), body: form });
      expect(seen(answer)).to.deep.equal(welcome());
    });
  });

  describe('users', () => {
    const users = new Map([['ada', { name: 'Ada Lovelace' }]]);

    @JsonController()
    class Me {
      @Get('/me')
      @JwtRequired()
      me(@CurrentUser() user: { name: string }, @CurrentUser() again: { name: string }) {
        return { name: user.name, same: user === again };
      }
    }

    it('loads the user of a token, once a request', async () => {
      let loads = 0;
      const jwtManager = testManager();
      const app = await start(jwtManager, [Me], {
        currentUserChecker: ({ identity }) => {
          loads++;
          return users.get(identity);
        },
      });
      expect(await app.get('/me', await jwtManager.createAccessToken('ada'))).to.deep.equal(
        welcome({ name: 'Ada Lovelace', same: true }),
      );
      expect(loads).to.equal(1);
    });

    it('refuses a token whose user is gone', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [Me], {
        currentUserChecker: ({ identity }) => users.get(identity),
      });
      expect(await app.get('/me', await jwtManager.createAccessToken('bob'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });
  });

  it('verifies a text that came in another way', async () => {
    const jwtManager = testManager();

    @JsonController()
    class Inspection {
      @Post('/inspect')
      @JwtPublic()
      async inspect(@Body({ validate: false }) { text }: { text?: unknown }) {
        if (typeof text !== 'string') throw new BadRequestError('Missing text');
        const { id, identity, type } = await jwtManager.verify(text, { type: 'any' });
        return { hasId: id.length > 20, identity, type };
      }
    }

    const app = await start(jwtManager, [Inspection]);
    const text = await jwtManager.createRefreshToken('ada');
    expect(await app.post('/inspect', { text })).to.deep.equal(
      welcome({ hasId: true, identity: 'ada', type: 'refresh' }),
    );
    expect(await app.post('/inspect', { text: 'bad' })).to.deep.equal(refusal(new TokenInvalidError()));
  });

  describe('errors', () => {
    it('answers each mistake with a code and a status of its own', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock });
      const app = await start(jwtManager, [protectedBy({ fresh: '1m' })]);
      const old = await jwtManager.createAccessToken('ada', { expiresIn: '1s' });
      clock.advance(2);
      const revoked = await jwtManager.createAccessToken('ada', { fresh: true });
      await jwtManager.revoke(revoked);
      const header = (value: string) =>
        request(`${app.url}/protected`, { headers: { Authorization: value } });
      expect(await app.get('/protected')).to.deep.equal(missingHeader);
      expect(seen(await header('Bearer'))).to.deep.equal(
        refusal(new InvalidRequestError('Malformed authorization header')),
      );
      const refused = { bad: 'bad', old, revoked, refresh: await jwtManager.createRefreshToken('ada') };
      expect(await app.get('/protected', refused.bad)).to.deep.equal(refusal(new TokenInvalidError()));
      expect(await app.get('/protected', refused.old)).to.deep.equal(refusal(new TokenExpiredError()));
      expect(await app.get('/protected', refused.revoked)).to.deep.equal(refusal(new TokenRevokedError()));
      expect(await app.get('/protected', refused.refresh)).to.deep.equal(
        refusal(new WrongTokenTypeError('access')),
      );
      expect(await app.get('/protected', await jwtManager.createAccessToken('ada'))).to.deep.equal(
        refusal(new FreshTokenRequiredError(60)),
      );
    });

    it('calls the sentence of an error by another name', async () => {
      const app = await start(testManager(), [protectedBy()], { errorMessageKey: 'message' });
      expect(await app.get('/protected')).to.deep.equal({
        ...missingHeader,
        body: { message: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
      });
    });

    it('has words of its own for each kind of error', async () => {
      const words: Partial<Record<JwtErrorCode, string>> = {
        ERR_JWT_MISSING: 'Who are you?',
        ERR_JWT_INVALID: 'That is no ticket.',
      };
      const app = await start(testManager(), [protectedBy()], {
        formatError: (error) => ({ error: words[error.code] ?? error.message }),
      });
      const verdicts = [await app.get('/protected'), await app.get('/protected', 'bad')];
      expect(verdicts.map(({ status, body }) => [status, body])).to.deep.equal([
        [401, { error: 'Who are you?' }],
        [401, { error: 'That is no ticket.' }],
      ]);
    });
  });

  it('refuses tokens of the ancestor, and exchanges each for a pair of its own, once', async () => {
    const clock = testClock();
    const jwtManager = testManager({ clock });
    const ancestorSecret = otherSecret;
    const exchanged = new Set<string>();

    @JsonController()
    class Migration {
      @Post('/exchange')
      @JwtPublic()
      exchange(@Body({ validate: false }) { token }: { token: string }) {
        const { sub, jti } = verifiedByAncestor(token);
        if (exchanged.has(jti)) throw new TokenRevokedError();
        exchanged.add(jti);
        return jwtManager.createTokenPair(sub, { fresh: false });
      }
    }

    function verifiedByAncestor(token: string): { sub: string; jti: string } {
      try {
        const claims = jwt.verify(token, ancestorSecret, {
          algorithms: ['HS256'],
          clockTimestamp: clock() / 1000,
        });
        if (typeof claims === 'string' || claims['type'] !== 'refresh') throw new TokenInvalidError();
        return { sub: String(claims.sub), jti: String(claims.jti) };
      } catch {
        throw new TokenInvalidError();
      }
    }

    const app = await start(jwtManager, [Migration, protectedBy()]);
    const times = { iat: startOfTime / 1000, exp: startOfTime / 1000 + 60 };
    const claims = { sub: 'ada', jti: 'f3e7', type: 'refresh', fresh: false, ...times };
    const token = forge({ alg: 'HS256', typ: 'JWT' }, claims, ancestorSecret);
    const sameSecret = forge({ alg: 'HS256', typ: 'JWT' }, { ...claims, type: 'access' }, secret);
    for (const theirs of [token, sameSecret]) {
      expect(seen(await getWith(`${app.url}/protected`, theirs))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    }
    const { access_token } = (await app.post('/exchange', { token })).body as TokenPair;
    expect(await app.get('/protected', access_token)).to.deep.equal(welcome());
    expect(await app.post('/exchange', { token })).to.deep.equal(refusal(new TokenRevokedError()));
    expect(await app.post('/exchange', { token: sameSecret })).to.deep.equal(
      refusal(new TokenInvalidError()),
    );
  });
});
