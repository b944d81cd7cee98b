import { Readable } from 'node:stream';
import { expect } from 'chai';
import { cli } from '../support/cli';
import { encode, forge } from '../support/forge';
import { secret, startOfTime, testClock, testManager } from '../support/manager';

const now = startOfTime / 1000;
const header = { alg: 'HS256', typ: 'at+jwt', kid: 'a' };
const claims = { sub: 'ada', jti: 'j'.repeat(22), iat: now, nbf: now, exp: now + 900 };
const token = forge(header, claims, secret);

interface Report {
  readonly type?: string;
  readonly header?: object;
  readonly claims?: object;
  readonly problems: { part: string; message: string }[];
  readonly signatureChecked: boolean;
}

async function report(text: string): Promise<Report> {
  const { code, stdout, stderr } = await cli(['inspect', '--json'], text);
  expect(stderr).to.equal('');
  const json = JSON.parse(stdout) as Report;
  expect(code).to.equal(json.problems.length === 0 ? 0 : 1);
  return json;
}

/** Rows H1 and H2 of docs/security.md, among others. */
describe('inspect', () => {
  it('shows what a token holds, with its times', async () => {
    const text = forge(
      header,
      { ...claims, roles: ['x'], exp: now + 7200, iat: now - 86_400, auth_time: now - 61 },
      secret,
    );
    expect(await cli(['inspect', text])).to.deep.equal({
      code: 0,
      stderr: '',
      stdout: `Type: access
Header:
  alg: "HS256"
  typ: "at+jwt"
  kid: "a"
Claims:
  sub: "ada"
  jti: "jjjjjjjjjjjjjjjjjjjjjj"
  iat: ${String(now - 86_400)} (2025-12-31T00:00:00Z, 1 day ago)
  nbf: ${String(now)} (2026-01-01T00:00:00Z, in 0 seconds)
  exp: ${String(now + 7200)} (2026-01-01T02:00:00Z, in 2 hours)
  roles: ["x"]
  auth_time: ${String(now - 61)} (2025-12-31T23:58:59Z, 1 minute ago)
Nothing is wrong as far as can be seen without a key.
The signature was not checked. To check it, use verify.
`,
    });
  });

  it('marks what is wrong', async () => {
    const { code, stdout } = await cli(['inspect', forge(header, { ...claims, exp: now }, secret)]);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /\nWrong:\n {2}exp: expired\nThe signature was not checked\. To check it, use verify\.\n$/,
    );
  });

  it('shows tokens of the library, of both types, without a problem', async () => {
    const manager = testManager({ clock: testClock(), issuer: 'us', audience: 'api', maxSessions: 2 });
    const pair = await manager.createTokenPair('ada', { roles: 'admin', claims: { email: 'a@b.c' } });
    expect(await report(pair.access_token)).to.deep.include({ type: 'access', problems: [] });
    expect(await report(pair.refresh_token)).to.deep.include({ type: 'refresh', problems: [] });
  });

  for (const [what, line, input] of [
    ['an argument', ['inspect', token], undefined],
    ['the input', ['inspect'], `${token}\n`],
    ['the input, asked for by a dash', ['inspect', '-'], token],
    ['a header', ['inspect', `Authorization: Bearer ${token}`], undefined],
    [
      'a header in pieces',
      ['inspect'],
      Readable.from([`Bearer ${token.slice(0, 50)}`, token.slice(50)].map((text) => Buffer.from(text))),
    ],
    ['quotes', ['inspect', `"${token}"`], undefined],
  ] as const) {
    it(`takes a token from ${what}`, async () => {
      expect(await cli([...line], input)).to.include({ code: 0, stderr: '' });
    });
  }

  for (const [what, line, input, message] of [
    [
      'nothing is piped',
      ['inspect'],
      undefined,
      'TOKEN is missing: pass it as an argument, or pipe it to the input',
    ],
    [
      'a terminal is asked',
      ['inspect', '-'],
      undefined,
      'TOKEN is missing: pass it as an argument, or pipe it to the input',
    ],
    ['the input is empty', ['inspect'], ' \n', 'TOKEN is empty'],
    ['the input is endless', ['inspect'], 'x'.repeat(70_000), 'the input is too long for a token'],
  ] as const) {
    it(`is used wrongly if ${what}`, async () => {
      expect(await cli([...line], input)).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: `${message}. See --help\n`,
      });
    });
  }

  it('lets an error of the input through', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('EISDIR')) });
    expect(await cli(['inspect'], broken).catch(String)).to.equal('Error: EISDIR');
  });

  const [encodedHeader = '', encodedClaims = '', signature = ''] = token.split('.');
  const ofJson = (json: string) => `${encodedHeader}.${encode(json)}.${signature}`;
  const wrong: [what: string, text: string, problems: [part: string, message: RegExp][]][] = [
    ['garbage', 'garbage', [['format', /^not a token: 3 parts separated by dots are needed, not 1$/]]],
    ['dots', '...', [['format', /needed, not 4/]]],
    ['too long', `${token}${'A'.repeat(9000)}`, [['format', /longer than 8192/]]],
    [
      'encrypted',
      `${encode({ alg: 'dir', enc: 'A256GCM' })}.a.b.c.d`,
      [
        ['format', /JWE/],
        ['alg', /not one of/],
        ['typ', /not a type/],
        ['enc', /changes how/],
      ],
    ],
    ['without a signature', `${encodedHeader}.${encodedClaims}.`, [['format', /no signature/]]],
    ['with padding', `${token}=`, [['format', /other than base64url/]]],
    [
      'with a line break',
      `${encodedHeader}.\n${encodedClaims}.${signature}`,
      [['format', /other than base64url/]],
    ],
    ['cut short', token.slice(0, -2), [['format', /cut short/]]],
    [
      'a header that is no JSON',
      `${encode('x')}.${encodedClaims}.${signature}`,
      [['header', /not a JSON object/]],
    ],
    ['claims that are no object', ofJson('[1]'), [['claims', /not a JSON object/]]],
    [
      'a member twice',
      ofJson(`{"sub":"eve",${JSON.stringify(claims).slice(1)}`),
      [['claims', /a member twice/]],
    ],
    [
      'a header member twice',
      `${encode('{"alg":"none","alg":"HS256","typ":"at+jwt"}')}.${encodedClaims}.${signature}`,
      [['header', /a member twice/]],
    ],
    ['alg none', forge({ ...header, alg: 'none' }, claims, secret), [['alg', /not one of HS256/]]],
    ['alg in lower case', forge({ ...header, alg: 'hs256' }, claims, secret), [['alg', /not one of HS256/]]],
    ['no alg', forge({ typ: 'at+jwt' }, claims, secret), [['alg', /not one of HS256/]]],
    [
      'a foreign type',
      forge({ ...header, typ: 'JWT' }, claims, secret),
      [['typ', /not a type that this library issues/]],
    ],
    ['a kid that is a number', forge({ ...header, kid: 1 }, claims, secret), [['kid', /not a string/]]],
    [
      'crit and zip',
      forge({ ...header, crit: ['x'], zip: 'DEF' }, claims, secret),
      [
        ['crit', /changes how/],
        ['zip', /changes how/],
      ],
    ],
    ['no sub', forge(header, { ...claims, sub: undefined }, secret), [['sub', /missing/]]],
    ['a number as sub', forge(header, { ...claims, sub: 1 }, secret), [['sub', /malformed/]]],
    [
      'a refresh token with a sid and no gen',
      forge({ ...header, typ: 'rt+jwt' }, { ...claims, sid: 's' }, secret),
      [['gen', /missing/]],
    ],
    ['expired', forge(header, { ...claims, exp: now - 1 }, secret), [['exp', /expired/]]],
    [
      'of the future',
      forge(header, { ...claims, nbf: now + 60, iat: now + 60, auth_time: now + 60 }, secret),
      [
        ['nbf', /not valid yet/],
        ['iat', /in the future/],
        ['auth_time', /in the future/],
      ],
    ],
    ['bound to a key', forge(header, { ...claims, cnf: { jkt: 'x' } }, secret), [['cnf', /bound to a key/]]],
    ['a time that is no time', forge(header, { ...claims, exp: 1e300 }, secret), [['exp', /malformed/]]],
  ];
  for (const [what, text, problems] of wrong) {
    it(`finds out a token that is wrong: ${what}`, async () => {
      const found = await report(text);
      expect(found.problems.map(({ part }) => part)).to.deep.equal(problems.map(([part]) => part));
      problems.forEach(([, message], index) => {
        expect(found.problems[index]?.message).to.match(message);
      });
      expect((await cli(['inspect', text])).stdout).to.include(`  ${String(problems[0]?.[0])}: `);
    });
  }

  it('never prints the text of a token, not even of one inside', async () => {
    const outer = forge(
      { ...header, inner: token },
      { ...claims, inner: [`x ${token}`], [token]: 1 },
      secret,
    );
    for (const text of [token, outer, `${outer}!`, token.slice(0, -2)]) {
      for (const line of [
        ['inspect', text],
        ['inspect', text, '--json'],
        ['inspect', text, 'more'],
        ['inspect', text, `--${text}`],
      ]) {
        const { stdout, stderr } = await cli(line);
        for (const secretPart of [signature, encodedClaims, outer.split('.')[2] ?? ''])
          expect(stdout + stderr).to.not.include(secretPart);
      }
    }
    expect((await cli(['inspect', outer])).stdout)
      .to.include('inner: ["x [token]"]')
      .and.include('[token]: 1');
  });

  it('sends nothing to the terminal that it would act upon', async () => {
    const escape = '\u001b]0;owned\u0007\u009b31m\u202e\u2028\ud800';
    const text = forge(header, { ...claims, [`name${escape}`]: escape, exp: 'x' }, secret);
    for (const line of [
      ['inspect', text],
      ['inspect', text, '--json'],
    ]) {
      const { stdout } = await cli(line);
      expect(stdout.replaceAll('\n', '')).to.not.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
      expect(stdout).to.include('\\u001b]0;owned\\u0007\\u009b31m\\u202e\\u2028');
    }
  });
});
