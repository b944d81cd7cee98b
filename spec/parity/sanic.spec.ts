import { expect } from 'chai';
import { Body, ForbiddenError, Get, JsonController, Post } from 'routing-controllers';
import {
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  FreshTokenRequiredError,
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  KeySet,
  PermissionDeniedError,
  QueryParameter,
  Token,
  TokenInvalidError,
  TokenMissingError,
  TokenRevokedError,
  WrongTokenTypeError,
  type TokenPair,
} from '../../src';
import { RedisTokenStore } from '../../src/redis';
import { request } from '../support/app';
import { secret, startOfTime, testClock, testManager } from '../support/manager';
import { missingHeader, parityApps, protectedBy, refusal, seen, welcome } from '../support/parity';
import { nodeRedis } from '../support/redis-clients';
import { useRedis } from '../support/use-redis';

describe('what Sanic-JWT-Extended says, said here', () => {
  const start = parityApps();

  it('the first page: a login hands out both tokens, and the token is handed to the method', async () => {
    const jwtManager = new JwtManager({ secret });

    @JsonController()
    class Login {
      @Post('/login')
      async login(
        @Body({ validate: false }) { username, password }: { username?: string; password?: string },
      ) {
        if (username !== 'test' || password !== 'test') throw new ForbiddenError('Bad username or password');
        return {
          access_token: await jwtManager.createAccessToken(username),
          refresh_token: await jwtManager.createRefreshToken(username),
        };
      }
    }

    const app = await start(jwtManager, [Login, protectedBy()]);
    const { access_token, refresh_token } = (await app.post('/login', { username: 'test', password: 'test' }))
      .body as TokenPair;
    expect(await app.get('/protected')).to.deep.equal(missingHeader);
    expect(await app.get('/protected', access_token)).to.deep.equal(welcome({ logined_as: 'test' }));
    expect(await app.get('/protected', refresh_token)).to.deep.equal(
      refusal(new WrongTokenTypeError('access')),
    );
  });

  describe('access control', () => {
    it('allows roles: one of them will do', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy({ roles: ['admin', 'clerk'] })]);
      for (const [roles, expected] of [
        ['admin', welcome()],
        [['guest', 'clerk'], welcome()],
        ['guest', refusal(new PermissionDeniedError())],
        [[], refusal(new PermissionDeniedError())],
      ] as const) {
        expect(
          await app.get('/protected', await jwtManager.createAccessToken('ada', { roles })),
        ).to.deep.equal(expected);
      }
    });

    it('denies roles, and tokens that have none', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy({ roles: { deny: ['guest', 'banned'] } })]);
      for (const [roles, expected] of [
        ['admin', welcome()],
        [['admin', 'banned'], refusal(new PermissionDeniedError())],
        ['guest', refusal(new PermissionDeniedError())],
        [[], refusal(new PermissionDeniedError())],
      ] as const) {
        expect(
          await app.get('/protected', await jwtManager.createAccessToken('ada', { roles })),
        ).to.deep.equal(expected);
      }
    });

    it('allows and denies roles of refresh tokens as well', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Sessions {
        @Get('/refresh')
        @JwtRefreshRequired({ roles: { deny: 'banned' } })
        async refresh(@InjectToken() token: Token) {
          return { token_type: (await jwtManager.refresh(token)).token_type };
        }
      }

      const app = await start(jwtManager, [Sessions]);
      const member = await jwtManager.createRefreshToken('ada', { roles: 'member' });
      const banned = await jwtManager.createRefreshToken('bob', { roles: 'banned' });
      expect(await app.get('/refresh', member)).to.deep.equal(welcome({ token_type: 'Bearer' }));
      expect(await app.get('/refresh', banned)).to.deep.equal(refusal(new PermissionDeniedError()));
    });
  });

  describe('the decorators', () => {
    it('hands undefined to an optional method when no token comes', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Greetings {
        @Get('/greeting')
        @JwtOptional()
        greet(@InjectToken() token?: Token) {
          return { hello: token?.identity ?? 'guest' };
        }
      }

      const app = await start(jwtManager, [Greetings]);
      const verdicts = [
        await app.get('/greeting'),
        await app.get('/greeting', await jwtManager.createAccessToken('ada')),
      ];
      expect(verdicts).to.deep.equal([welcome({ hello: 'guest' }), welcome({ hello: 'ada' })]);
    });

    it('demands a fresh login with fresh: true, by the setting of the manager', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock, freshFor: '2m' });
      const app = await start(jwtManager, [protectedBy({ fresh: true })]);
      const token = await jwtManager.createAccessToken('ada', { fresh: true });
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      clock.advance(121);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new FreshTokenRequiredError(120)));
    });

    it('reads refresh tokens from a header of their own', async () => {
      const jwtManager = testManager();
      const locations = [new BearerHeader({ header: 'X-Refresh-Token' })];
      const app = await start(jwtManager, [protectedBy({ type: 'refresh', locations })]);
      const text = await jwtManager.createRefreshToken('ada');
      const answer = await request(`${app.url}/protected`, {
        headers: { 'X-Refresh-Token': `Bearer ${text}` },
      });
      expect(seen(answer)).to.deep.equal(welcome());
      expect(await app.get('/protected', text)).to.deep.equal(
        refusal(new TokenMissingError('Missing X-Refresh-Token Header')),
      );
    });

    it('reads the query where it is one of the locations', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy()], {
        locations: [new BearerHeader(), new QueryParameter('jwt')],
      });
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get(`/protected?jwt=${token}`)).to.deep.equal(welcome());
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
    });
  });

  describe('the token', () => {
    it('says all that it said there', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock, issuer: 'https://id.example' });

      @JsonController()
      class Mirror {
        @Get('/token')
        @JwtRequired()
        token(@InjectToken() token: Token) {
          const { type, roles, identity, expiresAt, issuedAt, claims } = token;
          return {
            type,
            roles,
            identity,
            expiresAt,
            issuedAt,
            claims,
            isFresh: token.isFresh(),
            hasId: token.id.length > 20,
            hasText: token.raw.split('.').length === 3,
          };
        }
      }

      const app = await start(jwtManager, [Mirror]);
      const token = await jwtManager.createAccessToken('ada', {
        fresh: true,
        roles: 'admin',
        claims: { plan: 'pro' },
      });
      expect(await app.get('/token', token)).to.deep.equal(
        welcome({
          type: 'access',
          roles: ['admin'],
          identity: 'ada',
          expiresAt: new Date(startOfTime + 900_000).toISOString(),
          issuedAt: new Date(startOfTime).toISOString(),
          claims: { plan: 'pro' },
          isFresh: true,
          hasId: true,
          hasText: true,
        }),
      );
    });

    it('carries public claims under names that are addresses, and private ones beside them', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Mirror {
        @Get('/claims')
        @JwtRequired()
        claims(@InjectToken() token: Token) {
          return token.claims;
        }
      }

      const app = await start(jwtManager, [Mirror]);
      const claims = { 'https://example.com/plan': 'pro', tenant: 'acme' };
      expect(await app.get('/claims', await jwtManager.createAccessToken('ada', { claims }))).to.deep.equal(
        welcome(claims),
      );
    });

    it('is for the audience of the call, where it names one', async () => {
      const issuing = testManager({ audience: ['https://a.example', 'https://b.example'] });
      const a = await start(testManager({ audience: 'https://a.example' }), [protectedBy()]);
      const b = await start(testManager({ audience: 'https://b.example' }), [protectedBy()]);
      const token = await issuing.createAccessToken('ada', { audience: 'https://a.example' });
      expect(await a.get('/protected', token)).to.deep.equal(welcome());
      expect(await b.get('/protected', token)).to.deep.equal(refusal(new TokenInvalidError()));
    });

    it('is revoked by a logout that is given it', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Logout {
        @Post('/logout')
        @JwtRequired()
        async logout(@InjectToken() token: Token) {
          await jwtManager.revoke(token);
          return { msg: 'Goodbye' };
        }
      }

      const app = await start(jwtManager, [Logout]);
      const Authorization = `Bearer ${await jwtManager.createAccessToken('ada')}`;
      expect(await app.post('/logout', {}, { Authorization })).to.deep.equal(welcome({ msg: 'Goodbye' }));
      expect(await app.post('/logout', {}, { Authorization })).to.deep.equal(
        refusal(new TokenRevokedError()),
      );
    });
  });

  describe('blacklists', () => {
    const prefix = 'parity-sanic';
    const url = useRedis(prefix);

    it('remembers in Redis what was revoked, for every process', async () => {
      const clients = [await nodeRedis(url()), await nodeRedis(url())];
      const [here, there] = clients.map(({ client }) =>
        testManager({ store: new RedisTokenStore(client, { prefix }) }),
      );
      const app = await start(there as JwtManager, [protectedBy()]);
      const token = (await here?.createAccessToken('ada')) ?? '';
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      await here?.revoke(token);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new TokenRevokedError()));
      for (const { close } of clients) close();
    });
  });

  describe('configuration', () => {
    it('is refused when it is made, not at a request', () => {
      const both = { allow: 'admin', deny: 'guest' };
      const mistakes: (() => unknown)[] = [
        () => new JwtManager({}),
        () => new JwtManager({ secret, keys: KeySet.fromSecret(secret) }),
        () => KeySet.fromPem(undefined, { algorithm: 'RS256' }),
        () => JwtRequired({ roles: both }),
        () => createAuthorizationChecker(testManager(), { locations: [] }),
      ];
      for (const mistake of mistakes) expect(mistake).to.throw(ConfigurationError);
    });

    it('is read once: what changes later changes nothing', async () => {
      const options = { secret, accessTokenTtl: '1m', clock: testClock() };
      const jwtManager = new JwtManager(options);
      const app = await start(jwtManager, [protectedBy()]);
      options.accessTokenTtl = '1h';
      const token = await jwtManager.createAccessToken('ada');
      options.clock.advance(61);
      expect((await app.get('/protected', token)).status).to.equal(401);
    });
  });
});
