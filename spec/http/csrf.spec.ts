import { expect } from 'chai';
import Koa from 'koa';
import { createHash } from 'node:crypto';
import { TokenCookies } from '../../src';
import { rawRequest, answerOf, type Answer } from '../support/app';
import {
  cookieNames,
  cookieRefusals,
  startCookieApp,
  type CookieApp,
  type CookieAppOptions,
} from '../support/cookie-app';
import type { CookieJar } from '../support/cookie-jar';
import { testManager } from '../support/manager';

const { csrf } = cookieRefusals;

describe('the CSRF check of cookies', () => {
  const jwtManager = testManager();
  let app: CookieApp;
  let jar: CookieJar;

  async function start(options: CookieAppOptions): Promise<void> {
    app = await startCookieApp(jwtManager, options);
    jar = await app.login();
  }

  afterEach(() => app.close());

  const value = () => jar.value(cookieNames.accessCsrf);

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

  it('wants the value that belongs to the token, which the readable cookie and the server can tell', async () => {
    await start({});
    const text = jar.value(cookieNames.access);
    const hash = createHash('sha256').update(`routing-controllers-jwt csrf ${text}`).digest('base64url');
    expect(value()).to.equal(hash);
    expect(app.tokenCookies.csrfValue(text)).to.equal(hash);
    expect(app.tokenCookies.csrfValue(await jwtManager.verify(text))).to.equal(hash);
    expect(new TokenCookies({ csrf: false }).csrfValue(text)).to.equal(hash);
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
    await app.expectRun(() => app.send(jar, 'GET', '/notes', { 'X-CSRF-Token': value() }));
    await app.expectRefusal(() => app.send(jar, 'POST', '/notes'), csrf);
    expect((await app.sendRaw('POST', '/login', ['Sec-Fetch-Site: cross-site'])).status).to.equal(403);
    expect((await app.sendRaw('GET', '/callback', ['Sec-Fetch-Site: cross-site'])).status).to.equal(200);
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

    it('wants a value with other methods', async () => {
      const lines = [`Cookie: ${jar.header()}`, ...upgrade];
      await app.expectRefusal(() => app.sendRaw('POST', '/notes', lines), csrf);
    });
  });

  describe('behind a proxy that is trusted', () => {
    beforeEach(() => {
      const koa = new Koa();
      koa.proxy = true;
      return start({ koa });
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
