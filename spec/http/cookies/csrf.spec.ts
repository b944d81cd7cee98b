import { expect } from 'chai';
import express from 'express';
import Koa from 'koa';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigurationError, TokenCookies } from '../../../src';
import { answerOf, describeOnDrivers, rawRequest, type Answer } from '../../support/app';
import {
  cookieNames,
  cookieRefusals,
  startCookieApp,
  type CookieApp,
  type CookieAppOptions,
} from '../../support/cookie-app';
import type { CookieJar } from '../../support/cookie-jar';
import { testManager } from '../../support/manager';

const { csrf } = cookieRefusals;

describeOnDrivers('the CSRF check of cookies', (driver) => {
  const jwtManager = testManager();
  let app: CookieApp;
  let jar: CookieJar;

  async function start(options: CookieAppOptions): Promise<void> {
    app = await startCookieApp(jwtManager, options);
    jar = await app.login();
  }

  afterEach(() => app.close());

  const value = () => jar.value(cookieNames.csrf);

  /** A POST with a body, over a socket. */
  async function post(type: string, body: string, lines: string[] = []): Promise<Answer> {
    const head = [
      'POST /notes HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      `Content-Type: ${type}`,
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      `Cookie: ${jar.header()}`,
      ...lines,
    ];
    return answerOf(await rawRequest(app.port, `${head.join('\r\n')}\r\n\r\n${body}`));
  }

  it('needs one value for all tokens of a login, which is kept through refreshes', async () => {
    await start({});
    const texts = [jar.value(cookieNames.access), jar.value(cookieNames.refresh)];
    const first = value();
    jar.take(await app.send(jar, 'POST', '/refresh', { 'X-CSRF-Token': first }));
    texts.push(jar.value(cookieNames.access), jar.value(cookieNames.refresh));
    expect(new Set(texts).size).to.equal(4);
    expect(value()).to.equal(first);
    for (const text of texts) {
      expect(app.tokenCookies.csrfValue(text)).to.equal(first);
      const token = await jwtManager.verify(text, { type: 'any' }).catch(() => undefined);
      if (token) expect(app.tokenCookies.csrfValue(token)).to.equal(first);
      expect(new TokenCookies({ csrf: false }).csrfValue(text)).to.equal(first);
    }
    await app.expectRun(() => app.send(jar, 'POST', '/notes', { 'X-CSRF-Token': first }));
  });

  it('is another value for each login, and for each token that belongs to none', async () => {
    await start({});
    const alone = [await jwtManager.createAccessToken('ada'), await jwtManager.createAccessToken('ada')];
    const values = [
      value(),
      (await app.login()).value(cookieNames.csrf),
      ...alone.map((text) => app.tokenCookies.csrfValue(text)),
    ];
    expect(new Set(values).size).to.equal(4);
    const [text = ''] = alone;
    const lines = [
      `Cookie: ${cookieNames.access}=${text}`,
      `X-CSRF-Token: ${app.tokenCookies.csrfValue(text)}`,
    ];
    await app.expectRun(() => app.sendRaw('POST', '/notes', lines));
    const hash = createHash('sha256').update(`routing-controllers-jwt csrf ${text}`).digest('base64url');
    expect(app.tokenCookies.csrfValue(text)).to.equal(hash);
    expect(app.tokenCookies.csrfValue('no token')).to.match(/^[\w-]{43}$/);
  });

  it('cannot be computed from what applications see of a session: claims, events, lists', async () => {
    const seen: unknown[] = [];
    for (const event of ['issued', 'sessionCreated', 'sessionRotated'] as const)
      jwtManager.on(event, (details) => seen.push(details));
    await start({});
    const text = jar.value(cookieNames.access);
    const token = await jwtManager.verify(text);
    jar.take(await app.send(jar, 'POST', '/refresh', { 'X-CSRF-Token': value() }));
    seen.push(token, token.claims, await jwtManager.listSessions('ada'));
    const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as {
      csrf: string;
    };
    expect(claims.csrf).to.match(/^[\w-]{22}$/);
    expect(inspect(seen, { depth: 9, showHidden: true }))
      .to.not.include(claims.csrf)
      .and.not.include(value());
    const taken = await jwtManager
      .createTokenPair('ada', { claims: { csrf: 'mine' } })
      .catch((error: unknown) => error);
    expect(taken).to.be.instanceOf(ConfigurationError);
  });

  it('looks into the header that it is told', async () => {
    await start({ cookies: { csrfHeader: 'X-Xsrf' } });
    await app.expectRun(() => app.send(jar, 'POST', '/notes', { 'x-xsrf': value() }));
    await app.expectRefusal(() => app.send(jar, 'POST', '/notes', { 'X-CSRF-Token': value() }), csrf);
  });

  it('holds for the methods that it is told, too', async () => {
    await start({ cookies: { csrfMethods: ['GET'] } });
    await app.expectRefusal(() => app.send(jar, 'DELETE', '/notes'), csrf);
    await app.expectRefusal(() => app.send(jar, 'GET', '/notes'), csrf);
    await expectHead(403);
    await expectHead(200, { 'X-CSRF-Token': value() });
    await app.expectRun(() => app.send(jar, 'GET', '/notes', { 'X-CSRF-Token': value() }));
    await app.expectRefusal(() => app.send(jar, 'POST', '/notes'), csrf);
    expect((await app.sendRaw('POST', '/login', ['Sec-Fetch-Site: cross-site'])).status).to.equal(403);
    expect((await app.sendRaw('GET', '/callback', ['Sec-Fetch-Site: cross-site'])).status).to.equal(200);
  });

  /** An answer to HEAD has no body. */
  async function expectHead(status: number, headers: Record<string, string> = {}): Promise<void> {
    const before = app.runs;
    expect((await app.send(jar, 'HEAD', '/notes', headers)).status).to.equal(status);
    expect(app.runs - before).to.equal(status === 200 ? 1 : 0);
  }

  it('holds for GET where it is told of HEAD: both run one method', async () => {
    await start({ cookies: { csrfMethods: ['HEAD'] } });
    await app.expectRefusal(() => app.send(jar, 'GET', '/notes'), csrf);
    await expectHead(403);
  });

  it('is none with csrf: false, whoever asks', async () => {
    await start({ cookies: { csrf: false } });
    expect(jar.names).to.deep.equal([cookieNames.access, cookieNames.refresh]);
    for (const lines of [[], ['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example']]) {
      await app.expectRun(() => app.sendRaw('POST', '/notes', [`Cookie: ${jar.header()}`, ...lines]));
      expect((await app.sendRaw('POST', '/login', lines)).status).to.equal(200);
    }
  });

  describe('with a field of the body', () => {
    beforeEach(() => start({ cookies: { csrfField: 'csrf_token' } }));

    const form = 'application/x-www-form-urlencoded';

    it('takes the value of a form and of JSON', async () => {
      await app.expectRun(() => post(form, `text=a&csrf_token=${value()}`));
      await app.expectRun(() => post('application/json', JSON.stringify({ csrf_token: value() })));
    });

    it('takes the header before the field', async () => {
      const header = `X-CSRF-Token: ${value()}`;
      await app.expectRun(() => post(form, 'csrf_token=wrong', [header]));
      await app.expectRun(() => post(form, 'text=a', [header]));
      await app.expectRefusal(() => post(form, `csrf_token=${value()}`, ['X-CSRF-Token: wrong']), csrf);
      await app.expectRefusal(() => post(form, `csrf_token=${value()}`, ['X-CSRF-Token:']), csrf);
    });

    for (const [name, type, body] of [
      ['absent', form, () => 'text=a'],
      ['wrong', form, () => 'csrf_token=wrong'],
      ['empty', form, () => 'csrf_token='],
      ['twice', form, () => `csrf_token=${value()}&csrf_token=${value()}`],
      ['a list', form, () => `csrf_token[]=${value()}`],
      ['an object', form, () => `csrf_token[a]=${value()}`],
      ['a list in JSON', 'application/json', () => JSON.stringify({ csrf_token: [value()] })],
      ['deeper', 'application/json', () => JSON.stringify({ a: { csrf_token: value() } })],
      ['in a list', 'application/json', () => JSON.stringify([value()])],
      ['in plain text', 'text/plain', () => `csrf_token=${value()}`],
      ['of no text', 'application/json', () => JSON.stringify({ csrf_token: 1 })],
      ['in the name of a form for plain text', 'text/plain', () => `{"csrf_token":"${value()}","a=":1}`],
    ] as [string, string, () => string][]) {
      it(`refuses a field that is ${name}`, async () => {
        await app.expectRefusal(() => post(type, body()), csrf);
      });
    }

    it('does not look into the query', async () => {
      await app.expectRefusal(() => app.send(jar, 'POST', `/notes?csrf_token=${value()}`), csrf);
    });

    it('refuses another site with the right value', async () => {
      const lines = ['Sec-Fetch-Site: cross-site', 'Origin: null'];
      await app.expectRefusal(() => post(form, `csrf_token=${value()}`, lines), csrf);
    });
  });

  it('looks into no field unless it is told', async () => {
    await start({});
    await app.expectRefusal(
      () => post('application/x-www-form-urlencoded', `csrf_token=${value()}&undefined=${value()}`),
      csrf,
    );
  });

  describe('at an upgrade, which no page can give a header', () => {
    beforeEach(() => start({ cookies: { origins: ['https://app.example'] } }));

    const upgrade = ['Upgrade: websocket'];

    for (const [name, lines, isIn] of [
      ['no browser', [], true],
      ['our page', ['Origin: http://localhost'], true],
      ['our page behind a proxy', ['Origin: https://localhost'], true],
      ['our page by its relation', ['Sec-Fetch-Site: same-origin', 'Origin: http://localhost'], true],
      ['a page that is allowed', ['Origin: https://app.example'], true],
      ['another site', ['Origin: https://evil.example'], false],
      ['another site by its relation', ['Sec-Fetch-Site: cross-site', 'Origin: http://localhost'], false],
      ['no origin in particular', ['Origin: null'], false],
      ['an empty origin', ['Origin:'], false],
    ] as [string, string[], boolean][]) {
      it(`${isIn ? 'lets in' : 'refuses'} ${name}`, async () => {
        const lines_ = [`Cookie: ${jar.header()}`, ...upgrade, ...lines];
        const attempt = () => app.sendRaw('GET', '/notes', lines_);
        await (isIn ? app.expectRun(attempt) : app.expectRefusal(attempt, csrf));
      });
    }

    it('is not got around with an upgrade where GET needs a value: the page is checked', async () => {
      await app.close();
      await start({ cookies: { csrfMethods: ['GET'] } });
      const lines = [`Cookie: ${jar.header()}`, ...upgrade];
      await app.expectRun(() => app.sendRaw('GET', '/notes', lines));
      const foreign = [...lines, 'Sec-Fetch-Site: cross-site'];
      await app.expectRefusal(() => app.sendRaw('GET', '/notes', foreign), csrf);
    });

    it('wants a value with other methods', async () => {
      const lines = [`Cookie: ${jar.header()}`, ...upgrade];
      await app.expectRefusal(() => app.sendRaw('POST', '/notes', lines), csrf);
    });
  });

  describe('behind a proxy that is trusted', () => {
    beforeEach(() => {
      const own =
        driver === 'koa' ? Object.assign(new Koa(), { proxy: true }) : express().set('trust proxy', 1);
      return start({ app: own });
    });

    for (const [name, lines, isIn] of [
      ['the name outside', ['X-Forwarded-Host: app.example', 'Origin: https://app.example'], true],
      ['the name inside', ['X-Forwarded-Host: app.example', 'Origin: https://localhost'], false],
      ['a page without TLS', ['X-Forwarded-Proto: https', 'Origin: http://localhost'], false],
      ['a page with TLS', ['X-Forwarded-Proto: https', 'Origin: https://localhost'], true],
      ['the usual port', ['X-Forwarded-Host: localhost:443', 'Origin: https://localhost'], true],
      ['another port', ['X-Forwarded-Host: localhost:8443', 'Origin: https://localhost:8443'], true],
      ['a name that is none', ['X-Forwarded-Host: a b', 'Origin: https://localhost'], false],
      ['a name and more', ['X-Forwarded-Host: localhost/path', 'Origin: https://localhost'], false],
    ] as [string, string[], boolean][]) {
      it(`${isIn ? 'lets in' : 'refuses'} ${name}`, async () => {
        const own = [`Cookie: ${jar.header()}`, `X-CSRF-Token: ${value()}`];
        const attempt = () => app.sendRaw('POST', '/notes', [...own, ...lines]);
        await (isIn ? app.expectRun(attempt) : app.expectRefusal(attempt, csrf));
      });
    }
  });
});
