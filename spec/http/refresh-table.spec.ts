import { expect } from 'chai';
import { Get, JsonController, Post, Res, UseBefore } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  createJwtMiddleware,
  InjectToken,
  JwtOptional,
  JwtPublic,
  JwtRequired,
  tokenOf,
  TokenCookies,
  type RequestSource,
  type Token,
} from '../../src';
import {
  describeOnDrivers,
  errorHandlersOn,
  request,
  startApp,
  type Answer,
  type RunningApp,
} from '../support/app';
import { cookieNames } from '../support/cookie-app';
import { CookieJar, cookiesOf } from '../support/cookie-jar';
import { testClock, testManager } from '../support/manager';

const clock = testClock();
const jwtManager = testManager({ clock });
const tokenCookies = new TokenCookies({ autoRefresh: true });
const locations = [new BearerHeader(), tokenCookies];
const authorizationChecker = createAuthorizationChecker(jwtManager, { locations });
const jwt = createJwtMiddleware(authorizationChecker);
const jwtForGuests = createJwtMiddleware(authorizationChecker, { optional: true });

const nameIn = (token: Token | undefined) => ({ identity: token?.identity ?? 'guest' });

@JsonController('/refresh-table')
class RefreshTable {
  @Post('/login')
  @JwtPublic()
  async login(@Res() response: RequestSource) {
    tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
    return {};
  }

  @Get('/rule')
  @Post('/rule')
  @JwtRequired()
  rule(@InjectToken() token: Token) {
    return nameIn(token);
  }

  @Get('/optional-rule')
  @Post('/optional-rule')
  @JwtOptional()
  optionalRule(@InjectToken() token: Token | undefined) {
    return nameIn(token);
  }

  @Get('/middleware')
  @Post('/middleware')
  @UseBefore(jwt)
  middleware(@Res() response: RequestSource) {
    return nameIn(tokenOf(response));
  }

  @Get('/optional-middleware')
  @Post('/optional-middleware')
  @UseBefore(jwtForGuests)
  optionalMiddleware(@Res() response: RequestSource) {
    return nameIn(tokenOf(response));
  }

  @Get('/both')
  @Post('/both')
  @UseBefore(jwt)
  @JwtRequired()
  both(@InjectToken() token: Token) {
    return nameIn(token);
  }
}

/** What a request carries; the access token has expired, unless it is absent. */
const carried = {
  'an expired access token and a refresh token': [cookieNames.access, cookieNames.refresh, cookieNames.csrf],
  'a refresh token alone': [cookieNames.refresh, cookieNames.csrf],
  'an expired access token alone': [cookieNames.access, cookieNames.csrf],
  'no cookie': [],
};
type Carried = keyof typeof carried;

const paths = ['/rule', '/optional-rule', '/middleware', '/optional-middleware', '/both'] as const;
const methods = ['GET', 'HEAD', 'POST', 'POST without the CSRF value'] as const;
type Method = (typeof methods)[number];

/** What must happen. */
interface Outcome {
  readonly status: number;
  readonly identity?: string;
  readonly isRotated: boolean;
}

function expected(path: string, method: Method, cookies: Carried): Outcome {
  if (cookies === 'no cookie')
    return path.startsWith('/optional')
      ? { status: 200, identity: 'guest', isRotated: false }
      : { status: 401, isRotated: false };
  // Which token it is does not matter before the value is right, but an expired one is not used.
  if (cookies === 'an expired access token alone') return { status: 401, isRotated: false };
  if (method === 'POST without the CSRF value') return { status: 403, isRotated: false };
  return { status: 200, identity: 'ada', isRotated: true };
}

describeOnDrivers('cookies that refresh themselves, on all kinds of routes', (driver) => {
  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      let app: RunningApp;
      let jar: CookieJar;

      before(async () => {
        app = await startApp({ controllers: [RefreshTable], authorizationChecker, defaultErrorHandler });
      });

      after(() => app.close());

      async function login(): Promise<void> {
        jar = new CookieJar();
        jar.take(await request(`${app.url}/refresh-table/login`, { method: 'POST' }));
        clock.advance(901);
      }

      function send(path: string, method: Method, cookies: Carried): Promise<Answer> {
        const names = carried[cookies];
        const [verb = ''] = method.split(' ');
        const hasValue = method === 'POST' && names.length > 0;
        return request(`${app.url}/refresh-table${path}`, {
          method: verb,
          headers: {
            ...(names.length > 0 && { Cookie: jar.header(names) }),
            ...(hasValue && { 'X-CSRF-Token': jar.value(cookieNames.csrf) }),
          },
        });
      }

      function expectOutcome(answer: Answer, method: Method, outcome: Outcome, what: string): void {
        const { status, headers, body } = answer;
        const set = cookiesOf(answer).filter(({ value }) => value !== '');
        expect({ status, isRotated: set.length > 0 }, what).to.deep.equal({
          status: outcome.status,
          isRotated: outcome.isRotated,
        });
        expect(headers.get('Vary'), what).to.equal('Authorization, Cookie');
        if (status === 401 || outcome.isRotated)
          expect(headers.get('Cache-Control'), what).to.equal('no-store');
        if (status === 401) expect(answer.challenge, what).to.match(/^Bearer realm="api"/);
        else expect(answer.challenge, what).to.equal(null);
        if (method === 'HEAD') expect(body, what).to.equal('');
        else if (outcome.identity) expect(body, what).to.deep.equal({ identity: outcome.identity });
      }

      for (const method of methods) {
        for (const cookies of Object.keys(carried) as Carried[]) {
          it(`${method} with ${cookies}`, async () => {
            for (const path of paths) {
              await login();
              const answer = await send(path, method, cookies);
              expectOutcome(answer, method, expected(path, method, cookies), `${method} ${path}`);
            }
          });
        }
      }

      it('rotate once where middleware and a rule both hold, and the next request goes on with the new token', async () => {
        await login();
        const rotated: string[] = [];
        const listener = ({ identity }: { identity: string }) => rotated.push(identity);
        jwtManager.on('sessionRotated', listener);
        jar.take(await send('/both', 'GET', 'an expired access token and a refresh token'));
        const next = await send('/both', 'GET', 'an expired access token and a refresh token');
        jwtManager.off('sessionRotated', listener);
        expect(rotated).to.deep.equal(['ada']);
        expectOutcome(next, 'GET', { status: 200, identity: 'ada', isRotated: false }, 'the next one');
      });
    });
  }
});
