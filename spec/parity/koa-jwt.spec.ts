import { expect } from 'chai';
import { Get, JsonController, Post } from 'routing-controllers';
import {
  BearerHeader,
  FreshTokenRequiredError,
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtPublic,
  JwtRequired,
  KeySet,
  PermissionDeniedError,
  Token,
  TokenCookies,
  TokenExpiredError,
  TokenInvalidError,
  TokenMissingError,
  type RejectedEvent,
  type TokenLocation,
} from '../../src';
import { request } from '../support/app';
import { jwkOf, keyPairFor } from '../support/keys';
import { secret, testClock, testManager } from '../support/manager';
import { missingHeader, parityApps, protectedBy, refusal, seen, welcome } from '../support/parity';

describe('what koa-jwt says, said here', () => {
  const start = parityApps();

  it('the first page: all is protected but what is public', async () => {
    const jwtManager = new JwtManager({ secret });

    @JsonController()
    @JwtRequired()
    class Pages {
      @Get('/public')
      @JwtPublic()
      open() {
        return { unprotected: true };
      }

      @Get('/api')
      closed() {
        return { protected: true };
      }
    }

    const app = await start(jwtManager, [Pages]);
    expect(await app.get('/public')).to.deep.equal(welcome({ unprotected: true }));
    expect(await app.get('/api')).to.deep.equal(missingHeader);
    expect(await app.get('/api', await jwtManager.createAccessToken('ada'))).to.deep.equal(
      welcome({ protected: true }),
    );
  });

  describe('keys', () => {
    it('verifies by several secrets, of which the first signs', async () => {
      const old = KeySet.fromSecret('an old secret: kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cF');
      const oldManager = new JwtManager({ keys: old });
      const jwtManager = new JwtManager({ keys: KeySet.fromSecret(secret).add(old) });
      const app = await start(jwtManager, [protectedBy()]);
      for (const manager of [oldManager, jwtManager]) {
        expect(await app.get('/protected', await manager.createAccessToken('ada'))).to.deep.equal(welcome());
      }
      const other = await start(oldManager, [protectedBy()]);
      expect(await other.get('/protected', await jwtManager.createAccessToken('ada'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });

    it('finds the key by the kid of the token, in a JWK set', async () => {
      const pairs = [keyPairFor('ES256'), keyPairFor('ES384')] as const;
      const jwks = {
        keys: [
          jwkOf(pairs[0].publicKey, { kid: 'a', alg: 'ES256' }),
          jwkOf(pairs[1].publicKey, { kid: 'b', alg: 'ES384' }),
        ],
      };
      const app = await start(new JwtManager({ keys: KeySet.fromJwks(jwks), store: false }), [protectedBy()]);
      const issuing = (kid: string) =>
        new JwtManager({ keys: KeySet.fromPem(pairs[1].privatePem, { algorithm: 'ES384', kid }) });
      expect(await app.get('/protected', await issuing('b').createAccessToken('ada'))).to.deep.equal(
        welcome(),
      );
      expect(await app.get('/protected', await issuing('a').createAccessToken('ada'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });

    it('takes the algorithm of the key and no other', async () => {
      const long = `${secret} and some more of it`;
      const keys = (algorithm: 'HS256' | 'HS512') => KeySet.fromSecret(long, { algorithm, kid: 'one' });
      const app = await start(new JwtManager({ keys: keys('HS512') }), [protectedBy()]);
      const verdicts = await Promise.all(
        (['HS512', 'HS256'] as const).map(async (algorithm) => {
          const manager = new JwtManager({ keys: keys(algorithm) });
          return app.get('/protected', await manager.createAccessToken('ada'));
        }),
      );
      expect(verdicts).to.deep.equal([welcome(), refusal(new TokenInvalidError())]);
    });

    it('verifies with a public key alone', async () => {
      const { privatePem, publicPem } = keyPairFor('RS256');
      const verifying = new JwtManager({
        keys: KeySet.fromPem(publicPem, { algorithm: 'RS256' }),
        store: false,
      });
      const app = await start(verifying, [protectedBy()]);
      const issuing = new JwtManager({ keys: KeySet.fromPem(privatePem, { algorithm: 'RS256' }) });
      expect(await app.get('/protected', await issuing.createAccessToken('ada'))).to.deep.equal(welcome());
    });
  });

  describe('the token', () => {
    it('is handed to the method, with its text', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Mirror {
        @Get('/token')
        @JwtRequired()
        token(@InjectToken() token: Token) {
          return { identity: token.identity, claims: token.claims, length: token.raw.length };
        }
      }

      const app = await start(jwtManager, [Mirror]);
      const text = await jwtManager.createAccessToken('ada', { claims: { plan: 'pro' } });
      expect(await app.get('/token', text)).to.deep.equal(
        welcome({ identity: 'ada', claims: { plan: 'pro' }, length: text.length }),
      );
    });

    it('is read by a function of the application', async () => {
      const jwtManager = testManager();
      const forwarded: TokenLocation = {
        name: 'X-Forwarded-Token Header',
        vary: 'X-Forwarded-Token',
        read: ({ headers }) => headers['x-forwarded-token']?.toString(),
      };
      const app = await start(jwtManager, [protectedBy()], { locations: [new BearerHeader(), forwarded] });
      const text = await jwtManager.createAccessToken('ada');
      const answer = await request(`${app.url}/protected`, { headers: { 'X-Forwarded-Token': text } });
      expect(seen(answer)).to.deep.equal(welcome());
      expect(answer.headers.get('Vary')).to.equal('Authorization, X-Forwarded-Token');
    });

    it('is read from a cookie, which has a name that browsers protect', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [protectedBy()], { locations: [new TokenCookies()] });
      const text = await jwtManager.createAccessToken('ada');
      const answer = await request(`${app.url}/protected`, {
        headers: { Cookie: `__Host-access_token=${text}` },
      });
      expect(seen(answer)).to.deep.equal(welcome());
      expect(await app.get('/protected', text)).to.deep.equal(
        refusal(new TokenMissingError('Missing Cookie')),
      );
    });

    it('is of the issuer and for the audience that the manager names', async () => {
      const [issuer, audience] = ['http://issuer', 'http://myapi/protected'];
      const jwtManager = testManager({ issuer, audience });
      const app = await start(jwtManager, [protectedBy()]);
      expect(await app.get('/protected', await jwtManager.createAccessToken('ada'))).to.deep.equal(welcome());
      const other = testManager({ issuer: 'http://other', audience });
      expect(await app.get('/protected', await other.createAccessToken('ada'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });

    it('may be late by as much as clocks differ', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock, clockTolerance: '30s', accessTokenTtl: '1m' });
      const app = await start(jwtManager, [protectedBy()]);
      const token = await jwtManager.createAccessToken('ada');
      clock.advance(89);
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      clock.advance(2);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new TokenExpiredError()));
    });

    it('may be of a login of some age at most', async () => {
      const clock = testClock();
      const jwtManager = testManager({ clock });
      const app = await start(jwtManager, [protectedBy({ fresh: '1m' })]);
      const token = await jwtManager.createAccessToken('ada', { fresh: true });
      clock.advance(61);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new FreshTokenRequiredError(60)));
    });
  });

  describe('who gets in', () => {
    it('lets requests without a token pass, and the method decides', async () => {
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
      expect(await app.get('/greeting')).to.deep.equal(welcome({ hello: 'guest' }));
      expect(await app.get('/greeting', 'bad')).to.deep.equal(refusal(new TokenInvalidError()));
    });

    it('asks the application about each token, with the request', async () => {
      const jwtManager = testManager();
      const revoked = new Set<string>();
      const check = async ({ id }: Token) => Promise.resolve(!revoked.has(id));
      const app = await start(jwtManager, [protectedBy({ check })]);
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      revoked.add((await jwtManager.verify(token)).id);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new PermissionDeniedError()));
    });

    it('leaves a method open in a class that is closed', async () => {
      @JsonController('/notes')
      @JwtRequired()
      class Notes {
        @Get()
        @JwtPublic()
        list() {
          return { notes: [] };
        }

        @Post()
        add() {
          return { added: true };
        }
      }

      const app = await start(testManager(), [Notes]);
      expect(await app.get('/notes')).to.deep.equal(welcome({ notes: [] }));
      expect(await app.post('/notes')).to.deep.equal(missingHeader);
    });
  });

  describe('errors', () => {
    it('tells operators the reason, and the client a fixed sentence', async () => {
      const jwtManager = testManager();
      const events: RejectedEvent[] = [];
      jwtManager.on('rejected', (event) => events.push(event));
      const app = await start(jwtManager, [protectedBy()]);
      const token = `${(await jwtManager.createAccessToken('ada')).slice(0, -4)}AAAA`;
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new TokenInvalidError()));
      expect(events.map(({ code, reason, path }) => ({ code, reason, path }))).to.deep.equal([
        { code: 'ERR_JWT_INVALID', reason: 'signature', path: '/protected' },
      ]);
    });

    it('has a body of the application for whatever is refused', async () => {
      const app = await start(testManager(), [protectedBy()], {
        formatError: ({ code }) => ({ error: 'Protected resource', code }),
      });
      expect(await app.get('/protected')).to.deep.equal({
        ...missingHeader,
        body: { error: 'Protected resource', code: 'ERR_JWT_MISSING' },
      });
    });
  });
});
