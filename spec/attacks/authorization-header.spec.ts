import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { JwtOptional } from '../../src';
import { answerOf, rawRequest } from '../support/app';
import {
  bearer,
  expectAdmission,
  expectRefusal,
  knock,
  openDoors,
  refusals,
  type Doors,
  type Refusal,
} from '../support/doors';
import { testManager } from '../support/manager';

const { missing, malformed, invalid } = refusals;

describe('the Authorization header as bytes on the wire', () => {
  const jwtManager = testManager();
  let doors: Doors;
  let token: string;

  before(async () => {
    token = await jwtManager.createAccessToken('ada');
    doors = await openDoors(jwtManager);
  });

  after(() => doors.close());

  /** Header lines in which {t} stands for a good token. */
  const filled = (lines: string[]) => lines.map((line) => line.replaceAll('{t}', token));

  const accepted: [name: string, lines: string[]][] = [
    ['Bearer', ['Authorization: Bearer {t}']],
    ['bearer', ['authorization: bearer {t}']],
    ['BEARER', ['AUTHORIZATION: BEARER {t}']],
    ['white space around the value, which is not part of it', ['Authorization: \t Bearer {t} \t ']],
    ['no white space before the value', ['Authorization:Bearer {t}']],
    ['credentials for a proxy beside ours', ['Authorization: Bearer {t}', 'Proxy-Authorization: Bearer x']],
  ];

  for (const [name, lines] of accepted) {
    it(`D3: accepts ${name}`, () => expectAdmission(doors, filled(lines)));
  }

  const refused: [id: string, name: string, refusal: Refusal, lines: string[]][] = [
    ['D3', 'no header', missing, []],
    ['D3', 'an empty header', missing, ['Authorization:']],
    ['D3', 'a header of spaces', missing, ['Authorization:        ']],
    ['D3', 'a token without a scheme', missing, ['Authorization: {t}']],
    ['D3', 'Basic', missing, ['Authorization: Basic dGVzdDp0ZXN0']],
    ['D3', 'Basic with our token', missing, ['Authorization: Basic {t}']],
    ['D3', 'Token', missing, ['Authorization: Token {t}']],
    ['D3', 'JWT', missing, ['Authorization: JWT {t}']],
    ['D3', 'Digest', missing, ['Authorization: Digest username="ada", response="{t}"']],
    ['D3', 'a scheme that starts like ours', missing, ['Authorization: Bearer{t}']],
    ['D3', 'a longer scheme', missing, ['Authorization: Bearer-Token {t}']],
    ['D3', 'a letter that looks like ours', missing, ['Authorization: \u00dfearer {t}']],
    ['D3', 'another header', missing, ['X-Authorization: Bearer {t}', 'Proxy-Authorization: Bearer {t}']],
    ['D3', 'an underscore in the name', missing, ['HTTP_AUTHORIZATION: Bearer {t}']],
    ['D3', 'nothing behind the scheme', malformed, ['Authorization: Bearer']],
    ['D3', 'a space behind the scheme', malformed, ['Authorization: Bearer ']],
    ['D3', 'two spaces', malformed, ['Authorization: Bearer  {t}']],
    ['D3', 'a tab', malformed, ['Authorization: Bearer\t{t}']],
    ['D3', 'a no-break space', malformed, ['Authorization: Bearer\u00a0{t}']],
    ['D3', 'a colon', malformed, ['Authorization: Bearer:{t}']],
    ['D3', 'an equals sign', malformed, ['Authorization: Bearer={t}']],
    ['D3', 'a comma', malformed, ['Authorization: Bearer,{t}']],
    ['D3', 'two words', malformed, ['Authorization: Bearer a b']],
    ['D3', 'the token twice', malformed, ['Authorization: Bearer {t} {t}']],
    ['D3', 'the scheme twice', malformed, ['Authorization: Bearer Bearer {t}']],
    ['D3', 'quotes', malformed, ['Authorization: Bearer "{t}"']],
    ['D3', 'angle brackets', malformed, ['Authorization: Bearer <{t}>']],
    ['D3', 'a parameter', malformed, ['Authorization: Bearer token="{t}"']],
    ['D3', 'a parameter behind the token', malformed, ['Authorization: Bearer {t}, realm="api"']],
    ['D3', 'padding alone', malformed, ['Authorization: Bearer =']],
    ['D3', 'a character behind the padding', malformed, ['Authorization: Bearer {t}=x']],
    ['D4', 'the header twice', malformed, ['Authorization: Bearer {t}', 'Authorization: Bearer {t}']],
    ['D4', 'a bad header first', malformed, ['Authorization: Bearer x', 'Authorization: Bearer {t}']],
    ['D4', 'a bad header second', malformed, ['Authorization: Bearer {t}', 'authorization: Bearer x']],
    ['D4', 'Basic first', malformed, ['Authorization: Basic eDp5', 'Authorization: Bearer {t}']],
    ['D4', 'Basic second', malformed, ['Authorization: Bearer {t}', 'Authorization: Basic eDp5']],
    ['D4', 'an empty one first', malformed, ['Authorization:', 'Authorization: Bearer {t}']],
    [
      'D4',
      'another header between',
      malformed,
      ['Authorization: Bearer {t}', 'A: b', 'AUTHORIZATION: Bearer {t}'],
    ],
    ['D4', 'two in one header', malformed, ['Authorization: Bearer {t}, Bearer {t}']],
    ['D4', 'two schemes in one header', malformed, ['Authorization: Bearer {t}, Basic eDp5']],
    ['D9', 'a latin-1 byte', malformed, ['Authorization: Bearer \u00e9']],
    ['D9', 'a latin-1 byte in a token', malformed, ['Authorization: Bearer {t}\u00ff']],
    ['D9', 'the bytes of UTF-8', malformed, [`Authorization: Bearer ${Buffer.from('€').toString('latin1')}`]],
    [
      'D9',
      'a byte order mark',
      malformed,
      [`Authorization: Bearer ${Buffer.from('\uFEFF').toString('latin1')}{t}`],
    ],
    ['D9', 'a byte order mark before the scheme', missing, ['Authorization: \u00ef\u00bb\u00bfBearer {t}']],
    ['D8', '15,000 bytes of junk', invalid, [`Authorization: Bearer ${'junk'.repeat(3750)}`]],
    ['D8', '15,000 dots', invalid, [`Authorization: Bearer ${'.'.repeat(15_000)}`]],
    ['D8', '15,000 dots and letters', invalid, [`Authorization: Bearer ${'a.'.repeat(7500)}`]],
    ['D8', '15,000 equals signs', malformed, [`Authorization: Bearer ${'='.repeat(15_000)}`]],
    ['D8', '15,000 signs of padding', invalid, [`Authorization: Bearer a${'='.repeat(15_000)}`]],
    ['D8', '15,000 spaces', malformed, [`Authorization: Bearer${' '.repeat(15_000)}x`]],
    ['D8', '15,000 spaces before the scheme', malformed, [`Authorization: ${' '.repeat(15_000)}Bearer`]],
    ['D8', '15,000 commas', malformed, [`Authorization: Bearer ${','.repeat(15_000)}`]],
    ['D8', '5,000 tokens', malformed, [`Authorization: Bearer ${'a, '.repeat(5000)}`]],
    ['D8', '15,000 letters as the scheme', missing, [`Authorization: ${'B'.repeat(15_000)}`]],
    ['D8', 'a good token in 8 KiB of padding', invalid, [`Authorization: Bearer {t}${'='.repeat(8192)}`]],
    ['D8', '900 empty headers', malformed, Array.from({ length: 900 }, () => 'Authorization:')],
  ];

  for (const [id, name, refusal, lines] of refused) {
    it(`${id}: answers ${String(refusal.status)} to ${name}`, () =>
      expectRefusal(doors, refusal, filled(lines)));
  }

  it('D3: refuses on an optional route what is malformed, and takes another scheme for a guest', async () => {
    const optional = await openDoors(jwtManager, JwtOptional());
    try {
      for (const [, , refusal, lines] of refused) {
        if (refusal === missing) await expectAdmission(optional, filled(lines));
        else await expectRefusal(optional, refusal, filled(lines));
      }
    } finally {
      await optional.close();
    }
  });

  const refusedByNode: [id: string, name: string, status: number, lines: string[]][] = [
    ['D8', '20 KiB', 431, [`Authorization: Bearer ${'a'.repeat(20_480)}`]],
    [
      'D8',
      '20 KiB in many headers',
      431,
      Array.from({ length: 1900 }, (_, index) => `X-${String(index)}: padding`),
    ],
    ['D9', 'NUL', 400, ['Authorization: Bearer {t}\0']],
    ['D9', 'NUL before the scheme', 400, ['Authorization: \0Bearer {t}']],
    ['D9', 'a vertical tab', 400, ['Authorization: Bearer\v{t}']],
    ['D9', 'a form feed', 400, ['Authorization: Bearer\f{t}']],
    ['D9', 'a delete', 400, ['Authorization: Bearer {t}\x7f']],
    ['D9', 'a bare CR', 400, ['Authorization: Bearer {t}\rX: y']],
    ['D9', 'a space before the colon', 400, ['Authorization : Bearer {t}']],
    ['D9', 'a name with a NUL', 400, ['Authorization\0: Bearer {t}']],
    ['D9', 'a line without a colon', 400, ['Authorization Bearer {t}']],
  ];

  for (const [id, name, status, lines] of refusedByNode) {
    it(`${id}: leaves ${name} to Node, which answers ${String(status)}, and lives`, async () => {
      const before = doors.runs;
      for (const door of doors.all)
        expect(await knock(door, filled(lines)), door.name).to.include({ status });
      expect(doors.runs).to.equal(before);
      await expectAdmission(doors, bearer(token));
    });
  }

  it('D9: never runs a method for a folded header', async () => {
    const before = doors.runs;
    for (const lines of [
      ['Authorization: Bearer', ' {t}'],
      ['Authorization: Bearer', '\t{t}'],
      ['Authorization: Bearer x', ' {t}'],
    ]) {
      for (const door of doors.all) {
        const { status } = await knock(door, filled(lines));
        expect([400, 401]).to.include(status);
      }
    }
    expect(doors.runs).to.equal(before);
  });

  const elsewhere: [name: string, query: string][] = [
    ['access_token', '?access_token={t}'],
    ['jwt', '?jwt={t}'],
    ['token', '?token={t}'],
    ['authorization', '?authorization=Bearer%20{t}&Authorization=Bearer%20{t}'],
  ];

  for (const [name, query] of elsewhere) {
    it(`D7: does not look at ${name} in the query`, async () => {
      const at = (path: string) => path + query.replaceAll('{t}', token);
      const all = doors.all.map((door) => ({ ...door, path: at(door.path) }));
      await expectRefusal({ ...doors, all }, missing, []);
    });
  }

  it('D7: does not look at cookies or bodies', async () => {
    await expectRefusal(doors, missing, filled(['Cookie: access_token={t}; __Host-access_token={t}']));
    const form = `access_token=${token}`; // and the two line breaks that end every request here
    const lines = [
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${String(form.length + 4)}`,
    ];
    await expectRefusal(doors, missing, [...lines, '', form]);
  });

  it('D4: does not look at trailers', async () => {
    const lines = ['Transfer-Encoding: chunked', 'Trailer: Authorization', '', '0'];
    await expectRefusal(doors, missing, filled([...lines, 'Authorization: Bearer {t}']));
  });

  it('judges every request of a connection by itself', async () => {
    for (const { port, path } of doors.all) {
      const get = (lines: string[]) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\n\r\n`;
      const good = get(filled(['Authorization: Bearer {t}']));
      const bytes = await rawRequest(port, good + get([]) + good + get(['Connection: close']));
      const statuses = [...bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
      expect(statuses).to.deep.equal(['200', '401', '200', '401']);
    }
  });

  it('survives a client that leaves in the middle of its header', async () => {
    for (const { port } of doors.all) {
      const socket = connect(port, '127.0.0.1');
      socket.end(`GET / HTTP/1.1\r\nAuthorization: Bearer ${token.slice(0, 20)}`);
      socket.resume();
      await once(socket, 'close');
    }
    await expectAdmission(doors, bearer(token));
  });

  it('answers HEAD as it answers GET, less the body', async () => {
    for (const door of doors.all) {
      const { body, ...head } = await knock(door, [], 'HEAD');
      expect(head, door.name).to.include({ status: 401, challenge: missing.challenge });
      expect(body, door.name).to.equal('');
      expect(head.headers.get('Cache-Control')).to.equal('no-store');
    }
  });

  it('lets the host answer OPTIONS, without running a method', async () => {
    const before = doors.runs;
    for (const door of doors.all) {
      const { status, headers } = await knock(door, filled(['Authorization: Bearer {t}']), 'OPTIONS');
      expect({ status, allow: headers.get('Allow') }).to.deep.equal({ status: 200, allow: 'HEAD, GET' });
    }
    expect(doors.runs).to.equal(before);
  });

  it('reports no refusal as an error of the application but those that Koa is to answer', () => {
    const isOfKoa = (error: unknown) => (error as { expose?: boolean }).expose === true;
    expect(doors.errors.filter((error) => !isOfKoa(error))).to.deep.equal([]);
    expect(answerOf('')).to.include({ status: 0 });
  });
});
