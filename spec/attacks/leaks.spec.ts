import { expect } from 'chai';
import { format, inspect } from 'node:util';
import { Authorized, Get, JsonController, type AuthorizationChecker } from 'routing-controllers';
import {
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  InjectToken,
  InvalidRequestError,
  JwtManager,
  JwtRequired,
  KeySet,
  PermissionDeniedError,
  type RejectedEvent,
  type RouteDecorator,
  type Token,
  type TokenLocation,
} from '../../src';
import { describeOnDrivers, getWith, request, startApp } from '../support/app';
import { bearer, doorCount, expectAnswer, expectRefusal, knock, openDoors, refusals } from '../support/doors';
import { forge, partsOf } from '../support/forge';
import { LeakDetector } from '../support/leaks';
import { secret, testManager } from '../support/manager';
import { refusalToStart } from '../support/protection';

describeOnDrivers('G4: a refusal', (driver) => {
  const issuer = 'https://the-expected-issuer.example';
  const audience = ['the-expected-audience', 'another-expected-audience'];

  it('says nothing of what was expected or of what came', async () => {
    const jwtManager = testManager({ issuer, audience });
    const { header, claims } = partsOf(await jwtManager.createAccessToken('ada-lovelace-1815'));
    const wrong = [
      { iss: 'https://the-attackers-issuer.example' },
      { aud: 'the-attackers-audience' },
      { sub: ['the-attackers-subject'] },
      { exp: 'the-attackers-time' },
      { roles: 'the-attackers-role' },
      { scope: ['the-attackers-scope'] },
      { jti: { $ne: 'the-attackers-id' } },
    ];
    const doors = await openDoors(jwtManager);
    const shown: string[] = [];
    for (const members of wrong) {
      const token = forge(header, { ...claims, ...members }, secret);
      for (const door of doors.all) {
        const { headers, ...answer } = await knock(door, bearer(token));
        expectAnswer(door, refusals.invalid, { ...answer, headers });
        shown.push(JSON.stringify([answer, [...headers]]));
      }
    }
    await doors.close();
    for (const text of shown) expect(text).not.to.match(/expected|attackers|lovelace/);
  });

  const mistakes: [name: string, rule: RouteDecorator, vary: string | null, reason: RegExp][] = [
    [
      'an @Authorized that cannot be read',
      Authorized({ policy: 'the-policy-of-the-house' }) as RouteDecorator,
      null,
      /@Authorized takes role names/,
    ],
    [
      'a location that is configured wrongly',
      JwtRequired({
        locations: [
          {
            name: 'place',
            vary: 'Authorization',
            read: () => {
              throw new ConfigurationError('set the-secret-option of the place');
            },
          },
        ],
      }),
      'Authorization',
      /set the-secret-option/,
    ],
  ];

  /** Part of a checker of the application's own: what ours cannot serve is then seen at the first request only. */
  const asPart = (checker: AuthorizationChecker): AuthorizationChecker => {
    return (action, roles) => checker(action, roles);
  };

  it('of such a mistake comes at start where the checker of the server is ours', async () => {
    createAuthorizationChecker({ default: testManager(), partner: testManager({ issuer: 'partner' }) });
    for (const rule of [Authorized({ policy: 'of-the-house' }), JwtRequired({ manager: 'partner' })]) {
      class Case {
        @Get('/mistakes')
        @rule
        mistake() {
          return {};
        }
      }
      JsonController()(Case);
      expect(await refusalToStart([Case])).to.match(/^Case\.mistake(: @Authorized takes| needs the manager)/);
    }
  });

  for (const [name, rule, vary, reason] of mistakes) {
    it(`of a server with ${name} tells the client no more than that, and operators all`, async () => {
      const events: RejectedEvent[] = [];
      const jwtManager = testManager().on('rejected', (event) => events.push(event));
      const doors = await openDoors(jwtManager, rule, {}, asPart);
      for (const door of doors.all) {
        const { status, body, headers } = await knock(door, []);
        expect({ status, body }, door.name).to.deep.equal({
          status: 500,
          body: door.bodyOf(refusals.misconfigured),
        });
        expect(headers.get('Vary')).to.equal(vary);
      }
      expect(doors.runs).to.equal(0);
      await doors.close();
      expect(events).to.have.length(doorCount);
      for (const { code, reason: told, cause } of events) {
        expect(code).to.equal('ERR_JWT_CONFIGURATION');
        expect(told).to.match(reason);
        expect(cause).to.be.instanceOf(ConfigurationError).with.property('stack');
      }
      for (const error of doors.errors) {
        expect(error).to.be.instanceOf(ConfigurationError).with.property('cause');
        // Express shows the error itself to clients.
        expect(String(driver === 'koa' ? error : (error as Error).cause)).to.match(reason);
      }
    });
  }

  it('of a manager that this checker lacks tells the client no more than that', async () => {
    const partner = testManager({ issuer: 'partner' });
    createAuthorizationChecker({ default: testManager(), partner });
    const rule = JwtRequired({ manager: 'partner' });
    const doors = await openDoors(testManager(), rule, {}, asPart);
    await expectRefusal(doors, refusals.misconfigured, []);
    await doors.close();
  });

  it('cannot be made to say something else in its challenge', async () => {
    const read = () => {
      throw new InvalidRequestError('a "quoted" word\r\nSet-Cookie: a=b; \u20ac\u00e9\\ end');
    };
    const confirm = () => {
      throw new PermissionDeniedError('posts:read", error="none');
    };
    const place = { name: 'place', vary: 'Authorization' };
    const cases: [location: TokenLocation, status: number, challenge: string][] = [
      [
        { ...place, read },
        400,
        'Bearer realm="api", error="invalid_request", error_description="a  quoted  word Set-Cookie: a=b;   end"',
      ],
      [
        { ...place, read: () => token, confirm },
        403,
        'Bearer realm="api", error="insufficient_scope", error_description="Permission denied", scope="posts:read , error= none"',
      ],
    ];
    const jwtManager = testManager();
    const token = await jwtManager.createAccessToken('ada');
    for (const [location, status, challenge] of cases) {
      const doors = await openDoors(jwtManager, JwtRequired(), { locations: [location] });
      for (const door of doors.all) {
        const answer = await knock(door, []);
        expect(answer, door.name).to.include({ status, challenge });
        expect(answer.headers.get('Set-Cookie')).to.equal(null);
      }
      await doors.close();
    }
  });
});

describeOnDrivers('G3: an event', (driver) => {
  @JsonController('/paths')
  class Paths {
    @Get('/reset/:token')
    @JwtRequired()
    reset() {
      return {};
    }

    @Get('/files/:a/:b')
    @JwtRequired()
    file() {
      return {};
    }
  }

  it('has a path without tokens and without the query', async () => {
    const paths: string[] = [];
    const jwtManager = testManager().on('rejected', ({ path }) => paths.push(String(path)));
    const token = await jwtManager.createAccessToken('ada');
    const authorizationChecker = createAuthorizationChecker(jwtManager);
    const app = await startApp({ controllers: [Paths], authorizationChecker });
    for (const path of [
      `/paths/reset/${token}`,
      `/paths/reset/x${token}x`,
      `/paths/files/${token}/${token}?jwt=${token}`,
      '/paths/files/jquery.slim.min/app.bundle.min.js',
    ]) {
      expect(await request(app.url + path)).to.include({ status: 401 });
    }
    await app.close();
    expect(paths).to.deep.equal([
      '/paths/reset/[redacted]',
      '/paths/reset/x[redacted]',
      '/paths/files/[redacted]/[redacted]',
      '/paths/files/jquery.slim.min/app.bundle.min.js',
    ]);
  });

  it('has a path without tokens however their letters are spelt', async () => {
    const paths: string[] = [];
    const jwtManager = testManager().on('rejected', ({ path }) => paths.push(String(path)));
    const token = await jwtManager.createAccessToken('ada');
    const rest = token.slice(3);
    const everyLetter = Buffer.from(token).toString('hex').replace(/../g, '%$&');
    const spellings = [
      `%65yJ${rest}`,
      `e%79J${rest}`,
      `ey%4A${rest}`,
      `ey%4a${rest}`,
      `%65%79%4a${rest}`,
      everyLetter,
      everyLetter.toUpperCase(),
      `%2565yJ${rest}`,
      `%252565%2579%25254a${rest}`,
      `a%2Fe%79J${rest}`,
      // Express rejects these itself.
      ...(driver === 'koa' ? [`%zz%65yJ${rest}`, `%e%65yJ${rest}%`] : []),
    ];
    const authorizationChecker = createAuthorizationChecker(jwtManager);
    const app = await startApp({ controllers: [Paths], authorizationChecker });
    for (const spelling of spellings) {
      expect(await request(`${app.url}/paths/reset/${spelling}`), spelling).to.include({ status: 401 });
    }
    await app.close();
    const before = ['a%2F', ...(driver === 'koa' ? ['%zz', '%e'] : [])];
    expect(paths).to.deep.equal([
      ...spellings.slice(before.length).map(() => '/paths/reset/[redacted]'),
      ...before.map((start) => `/paths/reset/${start}[redacted]`),
    ]);
  });
});

describe('G5: what is printed of the things that know a secret', () => {
  const pem = KeySet.fromSecret(secret, { kid: 'the-first-key' });
  const jwtManager = new JwtManager({ keys: pem, issuer: 'https://issuer.example' });

  const things: [name: string, make: (token: Token) => unknown][] = [
    ['the manager', () => jwtManager],
    ['the manager in something larger', () => ({ app: { jwtManager, list: [jwtManager] } })],
    ['the key set', () => pem],
    ['the checker', () => createAuthorizationChecker(jwtManager)],
    ['the checker of several managers', () => createAuthorizationChecker({ default: jwtManager })],
    ['a location', () => new BearerHeader()],
    ['a token', (token) => token],
    ['a token in something larger', (token) => ({ user: { token }, tokens: new Set([token]) })],
  ];

  const prints: [name: string, print: (thing: unknown) => string][] = [
    ['inspect', (thing) => inspect(thing, { depth: null })],
    ['console.log', (thing) => format(thing)],
    ['%o', (thing) => format('%O %s', thing, thing)],
    ['JSON.stringify', (thing) => JSON.stringify({ thing })],
    ['String', (thing) => String(thing)],
    ['Object.entries', (thing) => inspect(Object.entries(thing as object), { depth: null })],
    ['a spread', (thing) => inspect({ ...(thing as object) }, { depth: null })],
  ];

  for (const [thing, make] of things) {
    for (const [name, print] of prints) {
      it(`is neither key nor token: ${thing}, by ${name}`, async () => {
        const text = await jwtManager.createAccessToken('ada');
        const shown = print(make(await jwtManager.verify(text)));
        expect(new LeakDetector([secret, text]).leakIn(shown), shown).to.equal(undefined);
      });
    }
  }

  it('is no key either where everything hidden is printed', () => {
    const hidden = things
      .slice(0, 6)
      .map(([, make]) => inspect(make(undefined as never), { depth: null, showHidden: true }));
    for (const shown of hidden) expect(new LeakDetector([secret]).leakIn(shown), shown).to.equal(undefined);
  });

  it('is no token where a method returns one', async () => {
    @JsonController('/returns')
    class Returns {
      @Get('/token')
      @JwtRequired()
      token(@InjectToken() token: Token) {
        return { token, tokens: [token] };
      }
    }
    for (const classTransformer of [true, false]) {
      const authorizationChecker = createAuthorizationChecker(jwtManager);
      const app = await startApp({ controllers: [Returns], authorizationChecker, classTransformer });
      const text = await jwtManager.createAccessToken('ada');
      const { status, body } = await getWith(`${app.url}/returns/token`, text);
      expect(status).to.equal(200);
      expect(body).to.have.nested.property('token.identity', 'ada');
      expect(new LeakDetector([text]).leakIn(JSON.stringify(body))).to.equal(undefined);
      await app.close();
    }
  });
});
