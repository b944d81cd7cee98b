import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { answerOf, rawRequest } from '../support/app';
import type { FloodPorts, FloodReport } from '../support/flood-app';
import { encode, forge, partsOf } from '../support/forge';
import { LeakDetector } from '../support/leaks';
import { environmentWith } from '../support/environment';
import { secret, testManager } from '../support/manager';

const requestsPerMode = 1000;
const atOnce = 25;

/** A bad request: where to, with which header lines, and what in it is secret. */
interface BadRequest {
  readonly path: string;
  readonly lines: readonly string[];
  readonly secrets: readonly string[];
}

/** Every class of bad request that the other attacks look at one by one. */
async function badRequests(): Promise<BadRequest[]> {
  const jwtManager = testManager();
  const access = await jwtManager.createAccessToken('ada');
  const refresh = await jwtManager.createRefreshToken('ada');
  const { header, claims, signature } = partsOf(access);
  const past = { iat: 1000, nbf: 1000, exp: 2000 };
  const signed = (members: object, itsHeader: object = {}) =>
    forge({ ...header, ...itsHeader }, { ...claims, ...members }, secret);
  const unsigned = `${encode({ ...header, alg: 'none' })}.${encode(claims)}`;
  const tokens = [
    `${unsigned}.`,
    `${unsigned}.${signature}`,
    signed({}, { alg: 'HS512' }),
    signed({}, { kid: '../../dev/null' }),
    signed({}, { kid: `x' UNION SELECT '${'k'.repeat(20)}';--` }),
    signed({}, { crit: ['exp'] }),
    signed({}, { typ: 'JWT' }),
    `${signed({}, { jku: 'http://127.0.0.1:9/jwks.json' })}A`,
    signed({}, { zip: 'DEF' }),
    signed(past),
    signed({ exp: undefined }),
    signed({ exp: '9999999999' }),
    signed({ nbf: 99_999_999_999 }),
    signed({ sub: { $ne: null } }),
    signed({ iat: 99_999_999_999 }),
    signed({ aud: 'another-audience' }),
    signed({ roles: 'admin' }),
    forge(header, claims, 'a-secret-that-the-attacker-made-up-for-this'),
    forge(header, [claims], secret),
    forge(header, 'null', secret),
    forge('{', claims, secret),
    forge({ ...header, x: 'x'.repeat(7000) }, claims, secret),
    access.slice(0, -1),
    `${access}A`,
    `${access}.${access}`,
    access.replaceAll('.', ''),
    access.split('.').reverse().join('.'),
    refresh,
    'a.'.repeat(7500),
    'junk'.repeat(3000),
  ];
  const door = (lines: string[], ...secrets: string[]): BadRequest => ({ path: 'door', lines, secrets });
  const malformed = [
    'Bearer',
    `Bearer  ${access}`,
    `Bearer\t${access}`,
    `Bearer "${access}"`,
    `Bearer ${access}, Bearer ${access}`,
    `Bearer ${access} ${refresh}`,
    `Bearer ${access}\u00e9`,
    `Basic ${Buffer.from('ada:a-password-of-hers').toString('base64')}`,
    `Token ${access}`,
    access,
    `Bearer ${'.'.repeat(15_000)}`,
    `Bearer ${' '.repeat(14_000)}x`,
    `Bearer ${access}\0`,
    `Bearer ${access}${'='.repeat(20_480)}`,
  ];
  const elsewhere = [
    { path: 'admin', token: access },
    { path: 'scope', token: access },
    { path: 'fresh', token: access },
    { path: 'check', token: access },
    { path: 'refresh', token: access },
    { path: `items/${refresh}`, token: refresh },
    { path: `door?access_token=${access}`, token: refresh },
  ];
  return [
    door([]),
    door(['Authorization: Bearer x', `Authorization: Bearer ${access}`], access),
    door([`Cookie: access_token=${access}`], access),
    { path: 'optional', lines: [`Authorization: Bearer ${access}A`], secrets: [access] },
    { path: `items/${access}`, lines: [], secrets: [access] },
    { path: `door?access_token=${access}`, lines: [], secrets: [access] },
    ...malformed.map((value) => door([`Authorization: ${value}`], value.replace(/^\w+ /, ''), access)),
    ...tokens.map((token) => door([`Authorization: Bearer ${token}`], token)),
    ...elsewhere.map(({ path, token }) => ({
      path,
      lines: [`Authorization: Bearer ${token}`],
      secrets: [access, refresh],
    })),
  ];
}

/** Sends the requests over and over, some at once, and returns every byte that came back. */
async function flood(port: number, requests: readonly BadRequest[]): Promise<string[]> {
  const answers: string[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < requestsPerMode) {
      const { path, lines } = requests[sent % requests.length] ?? { path: '', lines: [] };
      const kind = Math.floor(sent++ / requests.length) % 2 === 0 ? 'json' : 'text';
      const head = [`GET /${kind}/${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines];
      answers.push(await rawRequest(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return answers;
}

for (const environment of [undefined, 'development', 'production']) {
  describe(`1,000 bad requests in each error mode, NODE_ENV ${environment ?? 'unset'}`, function () {
    this.timeout(120_000);
    const printed: string[] = [];
    let child: ChildProcess;
    let ports: FloodPorts;
    let requests: BadRequest[];
    let answers: string[];
    let report: FloodReport;

    before(async () => {
      requests = await badRequests();
      const env = environmentWith(environment);
      child = fork(join(__dirname, '../support/flood-app.js'), { env, silent: true });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => printed.push(chunk.toString('latin1')));
      }
      [ports] = (await once(child, 'message')) as [FloodPorts];
      const { withHandler, withoutHandler } = ports;
      answers = [...(await flood(withHandler, requests)), ...(await flood(withoutHandler, requests))];
      child.send('report');
      [report] = (await once(child, 'message')) as [FloodReport];
    });

    after(async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    });

    it('are all refused, and no method runs', () => {
      const statuses = new Set(answers.map((answer) => answerOf(answer).status));
      expect(answers).to.have.length(2 * requestsPerMode);
      expect([...statuses].sort()).to.deep.equal([400, 401, 403, 431]);
      expect(report.runs).to.equal(0);
    });

    it('leave the process alive: it still lets in who may enter', async () => {
      expect(child.exitCode).to.equal(null);
      const token = await testManager().createAccessToken('ada');
      for (const port of Object.values(ports) as number[]) {
        for (const kind of ['json', 'text']) {
          const url = `http://127.0.0.1:${String(port)}/${kind}/door`;
          const { status } = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
          expect(status).to.equal(200);
        }
      }
    });

    it('are reported once each, but for those that Node refused or that are not ours', () => {
      const refusedByUs = answers.filter((answer) => /\r\nvary: authorization/i.test(answer));
      expect(refusedByUs.length).to.be.greaterThan(requestsPerMode);
      expect(report.events).to.have.length(2 * refusedByUs.length);
    });

    it('print nothing and warn of nothing', () => {
      expect(printed.join('')).to.equal('');
      expect(report.warnings).to.deep.equal([]);
    });

    it('show no token, no secret, no stack and no word of the library underneath, to nobody', () => {
      const detector = new LeakDetector([secret, ...requests.flatMap(({ secrets }) => secrets)]);
      for (const shown of [...answers, ...printed, ...report.errors, ...report.events]) {
        expect(detector.leakIn(shown), shown).to.equal(undefined);
      }
    });
  });
}

describe('the detector of leaks', () => {
  const detector = new LeakDetector(['a-token-to-keep-secret', ' '.repeat(20)]);
  const texts: [text: string, leak: string | undefined][] = [
    ['token a-token-to-k', 'a secret: a-token-to-k'],
    ['it ends so: -keep-secret', 'a secret: -keep-secret'],
    ['a-token-to-', undefined],
    [Buffer.from('a-token-to-keep-secret').toString('base64'), 'a secret: YS10b2tlbi10'],
    [' '.repeat(40), undefined],
    ['{"message":"jwt malformed"}', "the library's words: jwt malformed"],
    ['JsonWebTokenError: no', "the library's words: JsonWebTokenError"],
    ['Error: no\n    at verify (verify.js:1:1)', 'a stack: \n    at '],
    ['"stack":"Error\\n at /app/verify.js:10"', 'a stack: .js:10'],
    ['Bearer realm="api", error="invalid_token", error_description="Token is invalid"', undefined],
  ];

  for (const [text, leak] of texts) {
    it(`finds ${leak ?? 'nothing'} in ${JSON.stringify(text)}`, () => {
      expect(detector.leakIn(text)).to.equal(leak);
    });
  }
});
