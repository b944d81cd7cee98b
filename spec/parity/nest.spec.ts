import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import type { Context } from 'koa';
import {
  Body,
  CurrentUser,
  ForbiddenError,
  Get,
  JsonController,
  Post,
  UnauthorizedError,
  type Action,
} from 'routing-controllers';
import {
  BearerHeader,
  BodyField,
  HookFailedError,
  InjectToken,
  JwtManager,
  JwtRequired,
  KeySet,
  PermissionDeniedError,
  QueryParameter,
  Token,
  TokenExpiredError,
  TokenInvalidError,
  type TokenPair,
} from '../../src';
import { request } from '../support/app';
import { forge, partsOf } from '../support/forge';
import { keyPairFor } from '../support/keys';
import { secret, testClock, testManager } from '../support/manager';
import { missingHeader, parityApps, protectedBy, refusal, seen, welcome } from '../support/parity';

const users = new Map([['ada', { id: 'ada', name: 'Ada Lovelace' }]]);

@JsonController()
class ProfileController {
  @Get('/profile')
  @JwtRequired()
  profile(@CurrentUser() user: { name: string }) {
    return { name: user.name };
  }
}

function headersOf({ context }: Action): IncomingHttpHeaders {
  return (context as Context).headers;
}

describe('what a NestJS guard says, said here', () => {
  const start = parityApps();

  it('the first page: a service signs in, and a guard protects the profile', async () => {
    const jwtManager = new JwtManager({ secret, accessTokenTtl: 60 });

    @JsonController('/auth')
    class AuthController {
      @Post('/login')
      async signIn(
        @Body({ validate: false }) { username, password }: { username?: string; password?: string },
      ) {
        const user = users.get(username ?? '');
        if (!user || password !== 'changeme') throw new UnauthorizedError();
        return { access_token: await jwtManager.createAccessToken(user.id, { claims: { username } }) };
      }

      @Get('/profile')
      @JwtRequired()
      profile(@InjectToken() { identity, claims }: Token) {
        return { sub: identity, ...claims };
      }
    }

    const app = await start(jwtManager, [AuthController]);
    expect((await app.post('/auth/login', { username: 'ada' })).status).to.equal(401);
    const { body } = await app.post('/auth/login', { username: 'ada', password: 'changeme' });
    expect(await app.get('/auth/profile')).to.deep.equal(missingHeader);
    expect(await app.get('/auth/profile', (body as TokenPair).access_token)).to.deep.equal(
      welcome({ sub: 'ada', username: 'ada' }),
    );
  });

  describe('the module', () => {
    it('has a secret and says how long tokens live, who issues them and for whom', async () => {
      const clock = testClock();
      const jwtManager = new JwtManager({
        secret,
        accessTokenTtl: 60,
        issuer: 'https://id.example',
        audience: 'https://api.example',
        clock,
      });
      const app = await start(jwtManager, [protectedBy()]);
      const token = await jwtManager.createAccessToken('ada');
      expect(await app.get('/protected', token)).to.deep.equal(welcome());
      clock.advance(60);
      expect(await app.get('/protected', token)).to.deep.equal(refusal(new TokenExpiredError()));
    });

    it('has a key pair, and an algorithm with it', async () => {
      const { privatePem } = keyPairFor('RS256');
      const jwtManager = new JwtManager({ keys: KeySet.fromPem(privatePem, { algorithm: 'RS256' }) });
      const app = await start(jwtManager, [protectedBy()]);
      expect(await app.get('/protected', await jwtManager.createAccessToken('ada'))).to.deep.equal(welcome());
    });

    it('is several managers, of which a route names one', async () => {
      const managers = { default: testManager(), partner: testManager({ issuer: 'partner' }) };

      @JsonController()
      class Routes {
        @Get('/ours')
        @JwtRequired()
        ours(@InjectToken() token: Token) {
          return { logined_as: token.identity };
        }

        @Get('/theirs')
        @JwtRequired({ manager: 'partner' })
        theirs(@InjectToken() token: Token) {
          return { logined_as: token.identity };
        }
      }

      const app = await start(managers, [Routes]);
      const token = await managers.partner.createAccessToken('ada');
      expect(await app.get('/theirs', token)).to.deep.equal(welcome());
      expect(await app.get('/theirs', await managers.default.createAccessToken('ada'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });
  });

  describe('the service', () => {
    it('signs an identity and claims, and verifies the text', async () => {
      const jwtManager = testManager();

      @JsonController()
      class Links {
        @Get('/invitation')
        async invite() {
          const claims = { team: 'acme' };
          return { text: await jwtManager.createAccessToken('bob', { claims, expiresIn: '1h' }) };
        }

        @Post('/accept')
        async accept(@Body({ validate: false }) { text }: { text: string }) {
          const { identity, claims } = await jwtManager.verify(text);
          return { identity, ...claims };
        }
      }

      const app = await start(jwtManager, [Links]);
      const { body } = await app.get('/invitation');
      expect(await app.post('/accept', body as object)).to.deep.equal(
        welcome({ identity: 'bob', team: 'acme' }),
      );
      expect(await app.post('/accept', { text: 'bad' })).to.deep.equal(refusal(new TokenInvalidError()));
    });
  });

  it('refuses a token that is not good yet, and tells operators which claim says so', async () => {
    const jwtManager = testManager({ clock: testClock() });
    const reasons: string[] = [];
    jwtManager.on('rejected', ({ reason }) => reasons.push(reason));
    const app = await start(jwtManager, [protectedBy()]);
    const { header, claims } = partsOf(await jwtManager.createAccessToken('ada'));
    const early = forge(header, { ...claims, nbf: Number(claims['iat']) + 60 }, secret);
    expect(await app.get('/protected', early)).to.deep.equal(refusal(new TokenInvalidError()));
    expect(reasons).to.deep.equal(['nbf']);
  });

  describe('guards', () => {
    it('stands on a class and holds for its methods', async () => {
      @JsonController('/cats')
      @JwtRequired()
      class Cats {
        @Get()
        list() {
          return { cats: [] };
        }
      }

      const jwtManager = testManager();
      const app = await start(jwtManager, [Cats]);
      expect(await app.get('/cats')).to.deep.equal(missingHeader);
      expect(await app.get('/cats', await jwtManager.createAccessToken('ada'))).to.deep.equal(
        welcome({ cats: [] }),
      );
    });

    it('demands roles, and those of a method stand in the place of those of its class', async () => {
      @JsonController('/cats')
      @JwtRequired({ roles: 'user' })
      class Cats {
        @Get()
        list() {
          return { cats: [] };
        }

        @Post()
        @JwtRequired({ roles: 'admin' })
        create() {
          return { created: true };
        }
      }

      const jwtManager = testManager();
      const app = await start(jwtManager, [Cats]);
      const statuses: number[][] = [];
      for (const roles of ['user', 'admin']) {
        const token = await jwtManager.createAccessToken('ada', { roles });
        const write = await app.post('/cats', {}, { Authorization: `Bearer ${token}` });
        statuses.push([(await app.get('/cats', token)).status, write.status]);
      }
      expect(statuses).to.deep.equal([
        [200, 403],
        [403, 200],
      ]);
    });

    it('is a function of the token and the request', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [
        protectedBy({
          check: ({ claims }, action) => headersOf(action)['x-tenant'] === claims['tenant'],
        }),
      ]);
      const token = await jwtManager.createAccessToken('ada', { claims: { tenant: 'acme' } });
      const ask = async (tenant: string) =>
        seen(
          await request(`${app.url}/protected`, {
            headers: { Authorization: `Bearer ${token}`, 'X-Tenant': tenant },
          }),
        );
      expect(await ask('acme')).to.deep.equal(welcome());
      expect(await ask('other')).to.deep.equal(refusal(new PermissionDeniedError()));
    });

    it('has words of its own for who is refused', async () => {
      const app = await start(testManager(), [protectedBy()], {
        formatError: ({ status, message }) => ({ statusCode: status, message }),
      });
      expect(await app.get('/protected')).to.deep.equal({
        ...missingHeader,
        body: { statusCode: 401, message: 'Missing Authorization Header' },
      });
    });
  });

  describe('the strategy', () => {
    it('takes the token out of a header, another header, a field and a parameter', async () => {
      const jwtManager = testManager();
      const locations = [
        new BearerHeader(),
        new BearerHeader({ header: 'X-Auth', scheme: '' }),
        new BodyField('token'),
        new QueryParameter('token'),
      ];
      const app = await start(jwtManager, [protectedBy()], { locations });
      const token = await jwtManager.createAccessToken('ada');
      const answers = [
        await app.get('/protected', token),
        seen(await request(`${app.url}/protected`, { headers: { 'X-Auth': token } })),
        await app.post('/protected', { token }),
        await app.get(`/protected?token=${token}`),
      ];
      expect(answers).to.deep.equal(answers.map(() => welcome()));
    });

    it('finds the user of a verified token, and refuses when there is none', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [ProfileController], {
        currentUserChecker: ({ identity }) => users.get(identity) ?? null,
      });
      expect(await app.get('/profile', await jwtManager.createAccessToken('ada'))).to.deep.equal(
        welcome({ name: 'Ada Lovelace' }),
      );
      expect(await app.get('/profile', await jwtManager.createAccessToken('bob'))).to.deep.equal(
        refusal(new TokenInvalidError()),
      );
    });

    it('gives the request to whoever finds the user, and refuses with 503 when that fails', async () => {
      const jwtManager = testManager();
      const app = await start(jwtManager, [ProfileController], {
        currentUserChecker: (token, action) => {
          const headers = headersOf(action);
          if (headers['x-database'] === 'down') throw new ForbiddenError('the database is down');
          return { name: `${token.identity} at ${String(headers['x-tenant'])}` };
        },
      });
      const Authorization = `Bearer ${await jwtManager.createAccessToken('ada')}`;
      const found = await request(`${app.url}/profile`, { headers: { Authorization, 'X-Tenant': 'acme' } });
      const failed = await request(`${app.url}/profile`, {
        headers: { Authorization, 'X-Database': 'down' },
      });
      expect(seen(found)).to.deep.equal(welcome({ name: 'ada at acme' }));
      expect(seen(failed)).to.deep.equal(refusal(new HookFailedError()));
    });
  });
});
