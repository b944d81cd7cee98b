import { BearerHeader, type HttpRequest } from '../../src';
import { encode, forge, partsOf } from '../support/forge';
import { secret, startOfTime, testClock, testManager } from '../support/manager';
import { aThousandTimes } from '../support/patience';

/** About the largest token that is read, and about what Node takes in a header. */
const sizes = [8000, 16_000];

describe('D8: the time that a hostile header takes', function () {
  this.timeout(300_000);
  const jwtManager = testManager({ clock: testClock(startOfTime) });
  const location = new BearerHeader();
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;

  before(async () => {
    ({ header, claims } = partsOf(await jwtManager.createAccessToken('ada')));
  });

  async function judge(value: string): Promise<unknown> {
    try {
      const text = location.read({
        req: { headersDistinct: { authorization: [value] } },
      } as unknown as HttpRequest);
      return await jwtManager.verify(text ?? '');
    } catch (error) {
      return error;
    }
  }

  /** As many of a piece as fit into three quarters of the size, the rest being what base64url adds. */
  const fill = (piece: string, size: number) => piece.repeat(Math.floor((size * 0.75 - 300) / piece.length));
  const unsigned = (json: string) => `${encode(json)}.${encode(claims)}.x`;
  const signed = (member: string) =>
    forge(header, `${JSON.stringify(claims).slice(0, -1)},"x":${member}}`, secret);

  const families: [name: string, value: (size: number) => string][] = [
    ['letters', (size) => `Bearer ${'a'.repeat(size)}`],
    ['dots', (size) => `Bearer ${'.'.repeat(size)}`],
    ['letters and dots', (size) => `Bearer ${'a.'.repeat(size / 2)}`],
    ['letters before a bad one', (size) => `Bearer ${'a'.repeat(size)}"`],
    ['padding', (size) => `Bearer a${'='.repeat(size)}`],
    ['padding before a letter', (size) => `Bearer a${'='.repeat(size)}a`],
    ['spaces', (size) => `Bearer${' '.repeat(size)}x`],
    ['tabs', (size) => `Bearer${'\t'.repeat(size)}x`],
    ['commas', (size) => `Bearer ${'a, '.repeat(size / 3)}`],
    ['a long scheme', (size) => 'B'.repeat(size)],
    ['a long scheme of bearers', (size) => 'Bearer'.repeat(size / 6)],
    [
      'two dots far apart',
      (size) => `Bearer ${'a'.repeat(size / 3)}.${'a'.repeat(size / 3)}.${'a'.repeat(size / 3)}`,
    ],
    ['a header of quotes', (size) => `Bearer ${unsigned(`{"a":"${fill('\\"', size)}"}`)}`],
    ['a header of backslashes', (size) => `Bearer ${unsigned(`{"a":"${fill('\\\\', size)}"}`)}`],
    ['a header of colons', (size) => `Bearer ${unsigned(`{"a":"${fill(':', size)}"}`)}`],
    ['a header of members', (size) => `Bearer ${unsigned(`{${fill('"a":1,', size)}"b":1}`)}`],
    [
      'a header of arrays',
      (size) => `Bearer ${unsigned(`{"a":${fill('[', size / 2)}${fill(']', size / 2)}}`)}`,
    ],
    ['a header that breaks off', (size) => `Bearer ${unsigned(`{"a":[${fill('{},', size)}`)}`],
    ['a long kid', (size) => `Bearer ${unsigned(JSON.stringify({ ...header, kid: fill('k', size) }))}`],
    ['a long alg', (size) => `Bearer ${unsigned(JSON.stringify({ ...header, alg: fill('HS256', size) }))}`],
    [
      'a long typ',
      (size) => `Bearer ${unsigned(JSON.stringify({ ...header, typ: fill('application/', size) }))}`,
    ],
    ['a good token with a long claim', (size) => `Bearer ${signed(JSON.stringify(fill('x', size)))}`],
    ['a good token with many members', (size) => `Bearer ${signed(`{${fill('"a":1,', size)}"b":1}`)}`],
    ['a good token with many elements', (size) => `Bearer ${signed(`[${fill('1,', size)}1]`)}`],
    ['a good token with a wrong signature', (size) => `Bearer ${signed(JSON.stringify(fill('x', size)))}A`],
  ];

  for (const [name, value] of families) {
    it(`does not grow with the square of its length: ${name}`, async () => {
      for (const size of sizes) {
        const hostile = value(size);
        await aThousandTimes(() => judge(hostile));
      }
    });
  }
});
