import { expect } from 'chai';
import { describeOnDriversWith } from '../support/app';
import { cookiesOf, type CookieJar } from '../support/cookie-jar';
import { cookieNames, cookieRefusals, startCookieApp, type CookieApp } from '../support/cookie-app';
import { testManager } from '../support/manager';

const { access, refresh } = cookieNames;
const { invalid, missing, onlyAccess, onlyRefresh, twoTokens } = cookieRefusals;

/** The texts that may stand in a cookie. */
interface Tokens {
  readonly good: string;
  readonly evil: string;
  readonly refresh: string;
}

const twice: [name: string, lines: (tokens: Tokens) => string[]][] = [
  ['the attacker first', ({ good, evil }) => [`Cookie: ${access}=${evil}; ${access}=${good}`]],
  ['the attacker last', ({ good, evil }) => [`Cookie: ${access}=${good}; ${access}=${evil}`]],
  ['two headers', ({ good, evil }) => [`Cookie: ${access}=${evil}`, `Cookie: ${access}=${good}`]],
  [
    'two headers, of another case',
    ({ good, evil }) => [`Cookie: ${access}=${evil}`, `cookie: ${access}=${good}`],
  ],
  ['the same text twice', ({ good }) => [`Cookie: ${access}=${good}; ${access}=${good}`]],
  ['one in quotes', ({ good, evil }) => [`Cookie: ${access}="${evil}"; ${access}=${good}`]],
  ['one within quotes', ({ good, evil }) => [`Cookie: a="; ${access}=${evil}; "; ${access}=${good}`]],
  ['a space behind the name', ({ good, evil }) => [`Cookie: ${access} =${evil}; ${access}=${good}`]],
  ['a tab before the name', ({ good, evil }) => [`Cookie: \t${access}=${evil}; ${access}=${good}`]],
  ['no space between', ({ good, evil }) => [`Cookie: ${access}=${evil};${access}=${good}`]],
  ['200 others between', ({ good, evil }) => [`Cookie: ${access}=${evil}; ${others()}; ${access}=${good}`]],
  [
    '200 of its name',
    ({ good }) => [`Cookie: ${Array(199).fill(`${access}=x`).join('; ')}; ${access}=${good}`],
  ],
];

const once: [name: string, lines: (tokens: Tokens) => string[], isIn: boolean][] = [
  [
    'the refresh token twice, which the method does not ask for',
    ({ good, refresh: text }) => [`Cookie: ${access}=${good}; ${refresh}=${text}; ${refresh}=x`],
    true,
  ],
  ['200 others around it', ({ good }) => [`Cookie: ${others()}; ${access}=${good}; ${others()}`], true],
  ['a header with others', ({ good }) => [`Cookie: ${others()}`, `Cookie: ${access}=${good}`], true],
  [
    'another case beside it',
    ({ good, evil }) => [`Cookie: __HOST-ACCESS_TOKEN=${evil}; ${access}=${good}`],
    true,
  ],
  ['a name that ends alike', ({ good, evil }) => [`Cookie: x${access}=${evil}; ${access}=${good}`], true],
  ['a name that begins alike', ({ good, evil }) => [`Cookie: ${access}2=${evil}; ${access}=${good}`], true],
  ['a name without prefix', ({ good, evil }) => [`Cookie: access_token=${evil}; ${access}=${good}`], true],
  [
    'a name in percent signs',
    ({ good, evil }) => [`Cookie: %5F_Host-access_token=${evil}; ${access}=${good}`],
    true,
  ],
  [
    'other white space before a name',
    ({ good, evil }) => [`Cookie: \xa0${access}=${evil}; ${access}=${good}`],
    true,
  ],
  [
    'the readable cookie twice',
    ({ good }) => [`Cookie: ${access}=${good}; ${cookieNames.csrf}=x; ${cookieNames.csrf}=y`],
    true,
  ],
  ['an empty one first', ({ good }) => [`Cookie: ${access}=; ${access}=${good}`], true],
  ['an empty one last', ({ good }) => [`Cookie: ${access}=${good}; ${access}=`], true],
  ['empty ones in other headers', ({ good }) => [`Cookie: ${access}=`, `Cookie: ${access}=${good}`], true],
  ['empty ones only', () => [`Cookie: ${access}=; ${access}=`], false],
  ['an empty refresh token beside it', ({ good }) => [`Cookie: ${access}=${good}; ${refresh}=`], true],
  [
    'an empty one beside a header',
    ({ good }) => [`Cookie: ${access}=`, `Authorization: Bearer ${good}`],
    true,
  ],
  ['another case alone', ({ good }) => [`Cookie: ${access.toLowerCase()}=${good}`], false],
  ['white space before the name alone', ({ good }) => [`Cookie: \xa0${access}=${good}`], false],
  ['a name without prefix alone', ({ good }) => [`Cookie: access_token=${good}`], false],
  ['another prefix alone', ({ good }) => [`Cookie: __Secure-access_token=${good}`], false],
  ['a name alone', () => [`Cookie: ${access}`], false],
  ['an empty name', ({ good }) => [`Cookie: =${good}`], false],
];

const bad: [name: string, value: (tokens: Tokens) => string][] = [
  ['in quotes', ({ good }) => `"${good}"`],
  ['with a scheme', ({ good }) => `Bearer ${good}`],
  ['in percent signs', ({ good }) => good.replace(/\./g, '%2E')],
  ['with a signature of Koa', ({ good }) => `${good}.c2ln`],
  ['with attributes', ({ good }) => `${good} Path=/`],
  ['that is none', () => 'deleted'],
];

function others(): string {
  return Array.from({ length: 200 }, (_, index) => `c${String(index)}=${String(index)}`).join('; ');
}

for (const defaultErrorHandler of [true, false]) {
  describeOnDriversWith(
    defaultErrorHandler,
    `D6: cookies that somebody tossed, with defaultErrorHandler: ${String(defaultErrorHandler)}`,
    () => {
      const jwtManager = testManager();
      let app: CookieApp;
      let tokens: Tokens;
      let jar: CookieJar;

      before(async () => {
        app = await startCookieApp(jwtManager, { host: { defaultErrorHandler } });
        jar = await app.login();
        tokens = {
          good: jar.value(access),
          evil: await jwtManager.createAccessToken('mallory'),
          refresh: jar.value(refresh),
        };
      });

      after(() => app.close());

      for (const [name, lines] of twice) {
        it(`are refused, and nothing is removed: ${name}`, async () => {
          for (const path of ['/notes', '/any']) {
            const answer = await app.expectRefusal(() => app.sendRaw('GET', path, lines(tokens)), twoTokens);
            expect(cookiesOf(answer)).to.deep.equal([]);
            expect(answer.headers.get('Cache-Control')).to.equal('no-store');
          }
        });
      }

      for (const [name, lines, isIn] of once) {
        it(`${isIn ? 'do not matter' : 'open nothing'}: ${name}`, async () => {
          const attempt = () => app.sendRaw('GET', '/notes', lines(tokens));
          if (!isIn) await app.expectRefusal(attempt, missing);
          else expect((await app.expectRun(attempt)).body).to.have.property('identity', 'ada');
        });
      }

      for (const [name, value] of bad) {
        it(`open nothing with a token ${name}`, async () => {
          const answer = await app.expectRefusal(
            () => app.sendRaw('GET', '/notes', [`Cookie: ${access}=${value(tokens)}`]),
            invalid,
          );
          expect(answer.headers.getSetCookie()).to.deep.equal([]);
        });
      }

      it('C14: open nothing with a token in the place of another', async () => {
        const csrf = { access: jar.value(cookieNames.csrf), refresh: jar.value(cookieNames.csrf) };
        const swapped: [method: string, path: string, cookie: string, refusal: typeof invalid][] = [
          ['GET', '/notes', `${access}=${tokens.refresh}`, onlyAccess],
          ['GET', '/notes', `${access}=${csrf.access}`, invalid],
          ['POST', '/notes', `${access}=${csrf.access}`, invalid],
          ['GET', '/any', `${access}=${csrf.access}`, invalid],
          ['POST', '/refresh', `${refresh}=${tokens.good}`, onlyRefresh],
          ['POST', '/refresh', `${refresh}=${csrf.refresh}`, invalid],
        ];
        for (const [method, path, cookie, refusal] of swapped) {
          for (const value of [csrf.access, csrf.refresh]) {
            const lines = [`Cookie: ${cookie}`, `X-CSRF-Token: ${value}`];
            await app.expectRefusal(() => app.sendRaw(method, path, lines), refusal, `${path} ${cookie}`);
          }
        }
        await app.expectRefusal(
          () => app.sendRaw('GET', '/notes', [`Cookie: ${refresh}=${tokens.refresh}`]),
          missing,
        );
        await app.expectRefusal(
          () => app.sendRaw('POST', '/refresh', [`Cookie: ${access}=${tokens.good}`]),
          missing,
        );
      });

      it('are the access token where both would do, and the refresh token where it is alone', async () => {
        const both = await app.expectRun(() => app.sendRaw('GET', '/any', [`Cookie: ${jar.header()}`]));
        expect(both.body).to.have.property('type', 'access');
        const alone = await app.expectRun(() =>
          app.sendRaw('GET', '/any', [`Cookie: ${jar.header([refresh])}`]),
        );
        expect(alone.body).to.have.property('type', 'refresh');
      });
    },
  );
}
