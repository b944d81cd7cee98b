import crypto from 'node:crypto';
import { expect } from 'chai';
import type { RejectedEvent } from '../../src';
import { describeOnDrivers } from '../support/app';
import { type CookieJar } from '../support/cookie-jar';
import { cookieNames, cookieRefusals, startCookieApp, type CookieApp } from '../support/cookie-app';
import { shortList } from '../support/full';
import { testClock, testManager } from '../support/manager';

const { csrf, revoked, twoTokens } = cookieRefusals;

/** What an attacker's page may send beside the victim's cookies. */
interface Loot {
  /** What the victim's page would send. */
  readonly right: string;
  readonly ofAttacker: string;
  readonly ofEarlierLogin: string;
  readonly ofExpiredToken: string;
}

const values: [name: string, lines: (loot: Loot) => string[]][] = [
  ['no value', () => []],
  ['an empty value', () => ['X-CSRF-Token:']],
  ['a wrong value', () => ['X-CSRF-Token: wrong']],
  ["the value of the attacker's session", ({ ofAttacker }) => [`X-CSRF-Token: ${ofAttacker}`]],
  ['the value of an earlier login', ({ ofEarlierLogin }) => [`X-CSRF-Token: ${ofEarlierLogin}`]],
  ['the value of an expired token', ({ ofExpiredToken }) => [`X-CSRF-Token: ${ofExpiredToken}`]],
  ['the right value twice', ({ right }) => [`X-CSRF-Token: ${right}`, `X-CSRF-Token: ${right}`]],
  ['the right value in a list', ({ right }) => [`X-CSRF-Token: wrong, ${right}`]],
  ['the right value and more', ({ right }) => [`X-CSRF-Token: ${right}A`]],
  ['the right value but its end', ({ right }) => [`X-CSRF-Token: ${right.slice(0, -1)}`]],
  ['one other character at the end', ({ right }) => [`X-CSRF-Token: ${otherEnd(right)}`]],
  ['one other character at the start', ({ right }) => [`X-CSRF-Token: ${otherStart(right)}`]],
  ['another case', ({ right }) => [`X-CSRF-Token: ${right.toLowerCase()}`]],
  ['quotes', ({ right }) => [`X-CSRF-Token: "${right}"`]],
  ['ten kilobytes', () => [`X-CSRF-Token: ${'x'.repeat(10_000)}`]],
  ['no text', () => ['X-CSRF-Token: \xff\xfe']],
  ['the right value in another header', ({ right }) => [`X-XSRF-Token: ${right}`]],
  ['the right value in a cookie alone', ({ right }) => [`Cookie: x-csrf-token=${right}`]],
];

function otherEnd(text: string): string {
  return text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');
}

function otherStart(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

/** Headers of a browser, with what becomes of an unsafe request that has the right value beside them. */
const pages: [name: string, lines: string[], isIn: boolean][] = [
  ['no browser', [], true],
  ['our page', ['Sec-Fetch-Site: same-origin', 'Origin: http://localhost'], true],
  ['our page, which hides its origin', ['Sec-Fetch-Site: same-origin', 'Origin: null'], true],
  [
    'our page, through a proxy that renames the host',
    ['Sec-Fetch-Site: same-origin', 'Origin: https://a.example'],
    true,
  ],
  ['an address that was typed', ['Sec-Fetch-Site: none'], true],
  ['our page in an old browser', ['Origin: http://localhost'], true],
  ['our page in an old browser, behind a proxy that ends TLS', ['Origin: https://localhost'], true],
  ['a page that is allowed', ['Sec-Fetch-Site: cross-site', 'Origin: https://app.example'], true],
  ['a page that is allowed, in an old browser', ['Origin: https://app.example'], true],
  ['a sibling that is allowed', ['Sec-Fetch-Site: same-site', 'Origin: https://app.example'], true],
  ['another site', ['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'], false],
  ['another site that hides its origin', ['Sec-Fetch-Site: cross-site', 'Origin: null'], false],
  ['another site without an origin', ['Sec-Fetch-Site: cross-site'], false],
  ['another site that has our name', ['Sec-Fetch-Site: cross-site', 'Origin: http://localhost'], false],
  ['a sibling', ['Sec-Fetch-Site: same-site', 'Origin: http://other.localhost'], false],
  ['a sibling without an origin', ['Sec-Fetch-Site: same-site'], false],
  ['an unknown relation', ['Sec-Fetch-Site: friend', 'Origin: http://localhost'], false],
  ['an empty relation', ['Sec-Fetch-Site:', 'Origin: http://localhost'], false],
  ['two relations', ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'], false],
  ['another case', ['Sec-Fetch-Site: Same-Origin'], false],
  ['another site in an old browser', ['Origin: https://evil.example'], false],
  ['a page that hides its origin, over plain http', ['Origin: null'], true],
  ['an empty origin', ['Origin:'], false],
  ['two origins', ['Origin: http://localhost', 'Origin: https://evil.example'], false],
  ['two origins in one', ['Origin: http://localhost https://evil.example'], false],
  ['another port', ['Origin: http://localhost:8080'], false],
  ['the port of the other scheme', ['Origin: https://localhost:80'], false],
  ['a subdomain', ['Origin: http://app.localhost'], false],
  ['a name that begins with ours', ['Origin: http://localhost.evil.example'], false],
  ['a name that ends with ours', ['Origin: http://evil-localhost'], false],
  ['our name as a user', ['Origin: http://localhost@evil.example'], false],
  ['a path', ['Origin: http://localhost/'], false],
  ['another scheme', ['Origin: ftp://localhost'], false],
  ['no scheme', ['Origin: localhost'], false],
  ['an allowed name over http', ['Origin: http://app.example'], false],
  ['an allowed name with a port', ['Origin: https://app.example:8443'], false],
  ['a subdomain of an allowed name', ['Origin: https://a.app.example'], false],
  ['a name that begins with an allowed one', ['Origin: https://app.example.evil.example'], false],
  ['an allowed name in capitals', ['Origin: https://APP.example'], false],
];

for (const defaultErrorHandler of shortList([true, false], 1)) {
  describe(`E1, E2, E3, E4: CSRF, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
    const clock = testClock();
    const jwtManager = testManager({ clock });
    let app: CookieApp;
    let victim: CookieJar;
    let loot: Loot;
    let events: RejectedEvent[] = [];

    before(async () => {
      const cookies = { origins: ['https://app.example'] };
      app = await startCookieApp(jwtManager, { cookies, host: { defaultErrorHandler } });
      const expired = await app.login();
      clock.advance(900);
      victim = await app.login();
      const ofEarlierLogin = victim.value(cookieNames.csrf);
      await app.login(victim);
      loot = {
        right: victim.value(cookieNames.csrf),
        ofAttacker: (await app.login()).value(cookieNames.csrf),
        ofEarlierLogin,
        ofExpiredToken: expired.value(cookieNames.csrf),
      };
      jwtManager.on('rejected', (event) => events.push(event));
    });

    beforeEach(() => {
      events = [];
    });

    after(() => app.close());

    const cookies = (names?: string[]) => `Cookie: ${victim.header(names)}`;
    const right = () => `X-CSRF-Token: ${loot.right}`;

    for (const [name, lines] of values) {
      it(`is refused with ${name}, whatever the method`, async () => {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          const attempt = () => app.sendRaw(method, '/notes', [cookies(), ...lines(loot)]);
          await app.expectRefusal(attempt, csrf, method);
        }
      });
    }

    it('is no matter with the right value', async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        await app.expectRun(() => app.sendRaw(method, '/notes', [cookies(), right()]), method);
    });

    it('is refused when cookie and header were planted as a pair', async () => {
      for (const planted of ['planted', loot.ofAttacker, loot.ofEarlierLogin]) {
        const header = `Cookie: ${cookieNames.access}=${victim.value(cookieNames.access)}; ${cookieNames.csrf}=${planted}`;
        const attempt = () => app.sendRaw('POST', '/notes', [header, `X-CSRF-Token: ${planted}`]);
        await app.expectRefusal(attempt, csrf, planted);
      }
    });

    it('is refused when the whole session was planted beside the right one', async () => {
      const attacker = await app.login();
      const value = attacker.value(cookieNames.csrf);
      const header = `Cookie: ${attacker.header()}; ${victim.header()}`;
      await app.expectRefusal(
        () => app.sendRaw('POST', '/notes', [header, `X-CSRF-Token: ${value}`]),
        twoTokens,
      );
    });

    it('does not need the readable cookie: what counts is the value that the page sends', async () => {
      await app.expectRun(() => app.sendRaw('POST', '/notes', [cookies([cookieNames.access]), right()]));
    });

    for (const [name, lines, isIn] of pages) {
      it(`${isIn ? 'lets in' : 'refuses'} ${name}`, async () => {
        const attempt = () => app.sendRaw('POST', '/notes', [cookies(), right(), ...lines]);
        if (isIn) await app.expectRun(attempt);
        else {
          await app.expectRefusal(attempt, csrf);
          expect(events.map(({ code, reason, identity }) => ({ code, reason, identity }))).to.deep.equal([
            { code: 'ERR_JWT_CSRF', reason: 'foreign page', identity: 'ada' },
          ]);
        }
      });

      it(`wants the value from ${name} as well`, async () => {
        await app.expectRefusal(() => app.sendRaw('POST', '/notes', [cookies(), ...lines]), csrf);
      });

      it(`lets ${name} read, as safe methods change nothing`, async () => {
        await app.expectRun(() => app.sendRaw('GET', '/notes', [cookies(), ...lines]));
        await app.expectRun(() => app.sendRaw('HEAD', '/notes', [cookies(), ...lines]));
      });
    }

    it('tells operators whether the value was absent or wrong', async () => {
      await app.sendRaw('POST', '/notes', [cookies()]);
      await app.sendRaw('POST', '/notes', [cookies(), 'X-CSRF-Token: wrong']);
      expect(events.map(({ reason }) => reason)).to.deep.equal(['no CSRF value', 'wrong CSRF value']);
    });

    it('does not run a method on OPTIONS', async () => {
      const before = app.runs;
      const { status } = await app.sendRaw('OPTIONS', '/notes', [cookies()]);
      expect({ status, runs: app.runs }).to.deep.equal({ status: 200, runs: before });
    });

    for (const header of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      it(`is not got around with ${header}`, async () => {
        for (const method of ['GET', 'HEAD', 'OPTIONS']) {
          const attempt = () => app.sendRaw('POST', '/notes', [cookies(), `${header}: ${method}`]);
          await app.expectRefusal(attempt, csrf, method);
        }
        const { body } = await app.sendRaw('GET', '/notes', [cookies(), `${header}: DELETE`]);
        expect(body).to.have.property('identity', 'ada');
      });
    }

    it('is refused on an optional route, too: the victim is no guest', async () => {
      await app.expectRefusal(() => app.sendRaw('POST', '/optional', [cookies()]), csrf);
      await app.expectRun(() => app.sendRaw('POST', '/optional', [cookies(), right()]));
      const guest = await app.expectRun(() =>
        app.sendRaw('POST', '/optional', ['Sec-Fetch-Site: cross-site']),
      );
      expect(guest.body).to.have.property('identity', 'guest');
    });

    it('does not concern a token in the header, which no browser adds by itself', async () => {
      const header = `Authorization: Bearer ${victim.value(cookieNames.access)}`;
      for (const [, lines] of pages)
        await app.expectRun(() => app.sendRaw('POST', '/notes', [header, ...lines]));
    });

    it('is judged before the store is asked', async () => {
      const jar = await app.login();
      const value = jar.value(cookieNames.csrf);
      await app.send(jar, 'POST', '/logout', { 'X-CSRF-Token': value });
      await app.expectRefusal(() => app.send(jar, 'POST', '/notes'), csrf);
      await app.expectRefusal(() => app.send(jar, 'POST', '/notes', { 'X-CSRF-Token': value }), revoked);
    });

    it('is compared in constant time, whatever the lengths', async () => {
      const compare = crypto.timingSafeEqual;
      const lengths: number[] = [];
      crypto.timingSafeEqual = (one, other) => {
        lengths.push(one.byteLength, other.byteLength);
        return compare(one, other);
      };
      try {
        for (const value of ['x', loot.right, 'x'.repeat(10_000)])
          await app.sendRaw('POST', '/notes', [cookies(), `X-CSRF-Token: ${value}`]);
      } finally {
        crypto.timingSafeEqual = compare;
      }
      // The others are those of the signatures.
      expect(lengths.filter((length) => length === 32)).to.have.lengthOf(6);
    });
  });
}

describeOnDrivers('E5: CSRF around a login', () => {
  const jwtManager = testManager();
  let app: CookieApp;

  before(async () => {
    app = await startCookieApp(jwtManager, { cookies: { origins: ['https://sso.example'] } });
  });

  after(() => app.close());

  for (const [name, lines] of [
    ['another site', ['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example']],
    ['another site that hides its origin', ['Sec-Fetch-Site: cross-site', 'Origin: null']],
    ['a sibling', ['Sec-Fetch-Site: same-site', 'Origin: http://other.localhost']],
    ['another site in an old browser', ['Origin: https://evil.example']],
    ['no origin in particular', ['Origin: null']],
  ] as [string, string[]][]) {
    it(`logs nobody in for ${name}`, async () => {
      const { status, body, headers } = await app.sendRaw('POST', '/login', lines);
      expect({ status, body }).to.deep.equal({
        status: 403,
        body: { msg: 'CSRF check failed', code: 'ERR_JWT_CSRF' },
      });
      expect(headers.getSetCookie()).to.deep.equal([]);
    });
  }

  for (const [name, method, path, lines] of [
    ['our page', 'POST', '/login', ['Sec-Fetch-Site: same-origin', 'Origin: http://localhost']],
    ['our page in an old browser', 'POST', '/login', ['Origin: http://localhost']],
    ['no browser', 'POST', '/login', []],
    [
      'an identity provider that posts',
      'POST',
      '/login',
      ['Sec-Fetch-Site: cross-site', 'Origin: https://sso.example'],
    ],
    ['a provider that redirects', 'GET', '/callback', ['Sec-Fetch-Site: cross-site']],
  ] as [string, string, string, string[]][]) {
    it(`logs in for ${name}`, async () => {
      const { status, headers } = await app.sendRaw(method, path, lines);
      expect({ status, cookies: headers.getSetCookie().length }).to.deep.equal({ status: 200, cookies: 3 });
    });
  }

  it('finds another session and another value after each login', async () => {
    const jar = await app.login();
    const first = { ...Object.fromEntries(jar.names.map((name) => [name, jar.value(name)])) };
    const before = await jwtManager.verify(jar.value(cookieNames.access));
    await app.send(jar, 'POST', '/login').then((answer) => jar.take(answer));
    const after = await jwtManager.verify(jar.value(cookieNames.access));
    expect(after.sessionId).to.be.a('string').that.is.not.equal(before.sessionId);
    for (const name of jar.names) expect(jar.value(name), name).not.to.equal(first[name]);
  });

  it('is refused at the refresh, which needs the value of the login and keeps it', async () => {
    const jar = await app.login();
    const generation = async () => (await jwtManager.listSessions('ada')).map(({ generation }) => generation);
    const other = (await app.login()).value(cookieNames.csrf);
    const before = await generation();
    for (const headers of [{}, { 'X-CSRF-Token': other }])
      await app.expectRefusal(() => app.send(jar, 'POST', '/refresh', headers), csrf);
    expect(await generation(), 'the session moved on').to.deep.equal(before);
    const value = jar.value(cookieNames.csrf);
    jar.take(await app.expectRun(() => app.send(jar, 'POST', '/refresh', { 'X-CSRF-Token': value })));
    expect(jar.value(cookieNames.csrf)).to.equal(value);
    await app.expectRun(() =>
      app.send(jar, 'POST', '/notes', { 'X-CSRF-Token': jar.value(cookieNames.csrf) }),
    );
  });

  it('is refused at the logout', async () => {
    const jar = await app.login();
    await app.expectRefusal(() => app.send(jar, 'POST', '/logout'), csrf);
    await app.expectRun(() => app.send(jar, 'GET', '/notes'));
    const value = jar.value(cookieNames.csrf);
    await app.expectRun(() => app.send(jar, 'POST', '/logout', { 'X-CSRF-Token': value }));
    await app
      .expectRefusal(() => app.send(jar, 'GET', '/notes'), cookieRefusals.missing)
      .catch(() => undefined);
  });
});
