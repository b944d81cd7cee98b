import { expect } from 'chai';
import { callsDuring, decoding, signatureSteps } from '../support/calls';
import { encode } from '../support/forge';
import { isFull, shortList } from '../support/full';
import { aThousandTimes } from '../support/patience';
import { expectInvalid, expectTaken, signToken, targetFor, type Target } from '../support/target';

const algorithms = shortList(['HS256', 'RS256', 'ES256', 'EdDSA', 'HS512', 'PS256', 'ES512'] as const, 4);
const targets = algorithms.map((algorithm) => targetFor(algorithm));

/** The one step that makes or checks a signature, by its name in Node. */
function stepOf({ algorithm }: Target): string {
  return algorithm.startsWith('HS') ? 'createHmac' : 'verify';
}

describe('the cost of a token that is not taken', () => {
  const malformed: [string, (target: Target) => string, string][] = [
    ['nothing', () => '', 'format'],
    ['text', () => 'x'.repeat(1_000), 'format'],
    ['dots', () => '.'.repeat(1_000), 'format'],
    ['an unsigned token', (own) => own.sign(own.header(), own.claims()).replace(/[^.]*$/, ''), 'format'],
    [
      'a token that is too long',
      (own) => own.sign(own.header(), own.claims({ x: 'x'.repeat(8_192) })),
      'format',
    ],
    ['a header that is no JSON', (own) => own.sign('{', own.claims()), 'format'],
    ['a header with a member twice', (own) => own.sign('{"alg":"x","alg":"y"}', own.claims()), 'format'],
    ['no algorithm', (own) => own.sign(own.header({ alg: 'none' }), own.claims()), 'alg'],
    ['another algorithm', (own) => own.sign(own.header({ alg: 'RS512' }), own.claims()), 'alg'],
    ['an unknown key', (own) => own.sign(own.header({ kid: 'x' }), own.claims()), 'kid'],
    ['something critical', (own) => own.sign(own.header({ crit: ['x'] }), own.claims()), 'crit'],
    ['another type', (own) => own.sign(own.header({ typ: 'JWT' }), own.claims()), 'typ'],
  ];
  for (const [name, text, reason] of malformed) {
    it(`is no signature check for ${name}`, async () => {
      for (const target of targets) {
        const token = text(target);
        const calls = await callsDuring(signatureSteps, () => expectInvalid(target.manager, token, reason));
        expect(calls, target.algorithm).to.deep.equal([]);
      }
    });
  }

  const checked: [string, (target: Target) => string, string][] = [
    [
      'a forged signature',
      (own) => own.sign(own.header(), own.claims()).replace(/\.[^.]{8}(?=[^.]*$)/, '.AAAAAAAA'),
      'signature',
    ],
    ['changed claims', (own) => changed(own), 'signature'],
    ['claims that are no JSON', (own) => own.sign(own.header(), '['.repeat(3_000)), 'json'],
    ['claims with a member twice', (own) => own.sign(own.header(), '{"a":1,"a":1}'), 'json'],
    ['claims that are missing', (own) => own.sign(own.header(), {}), 'sub'],
    ['claims of somebody else', (own) => own.sign(own.header(), own.claims({ aud: 'x' })), 'aud'],
  ];
  for (const [name, text, reason] of checked) {
    it(`is one signature check for ${name}`, async () => {
      for (const target of targets) {
        const token = text(target);
        const calls = await callsDuring(signatureSteps, () => expectInvalid(target.manager, token, reason));
        expect(calls).to.deep.equal([stepOf(target)]);
      }
    });
  }

  function changed(own: Target): string {
    const [header, , signature] = own.sign(own.header(), own.claims()).split('.');
    return [header, encode(own.claims({ sub: 'bob' })), signature].join('.');
  }

  it('is at most one signature check whatever the length of the signature', async () => {
    for (const target of targets) {
      const [header, claims] = target.sign(target.header(), target.claims()).split('.');
      for (let bytes = 1; bytes < 600; bytes += 7) {
        const token = [header, claims, encode(Buffer.alloc(bytes, 1))].join('.');
        const calls = await callsDuring(signatureSteps, () =>
          expectInvalid(target.manager, token, 'signature'),
        );
        expect(calls.length).to.be.at.most(1);
      }
    }
  });

  it('is what a good token costs, too', async () => {
    for (const target of targets) {
      const token = target.sign(target.header(), target.claims());
      const calls = await callsDuring(signatureSteps, () => expectTaken(target.manager, token));
      expect(calls).to.deep.equal([stepOf(target)]);
    }
  });
});

describe('text of more than 8 KiB', () => {
  const long: [string, (length: number) => string][] = [
    ['letters', (length) => 'a'.repeat(length)],
    ['dots', (length) => '.'.repeat(length)],
    ['spaces', (length) => ' '.repeat(length)],
    ['zero bytes', (length) => '\0'.repeat(length)],
    ['characters of many bytes', (length) => '\u{1F600}'.repeat(length / 2)],
    ['a token with long claims', (length) => `e30.${'e30'.padEnd(length - 8, 'A')}.e30`],
    ['a token with a long header', (length) => `${'e30'.padEnd(length - 8, 'A')}.e30.e30`],
    ['a token with a long signature', (length) => `e30.e30.${'A'.repeat(length - 8)}`],
  ];
  for (const [name, text] of long) {
    it(`is refused before it is decoded: ${name}`, async () => {
      const [{ manager }] = targets as [Target];
      for (const length of [8_194, 15_000, 20_480, 1_048_576, 8_388_608]) {
        const hostile = text(length);
        const calls = await callsDuring([...decoding, ...signatureSteps], () =>
          expectInvalid(manager, hostile, 'format'),
        );
        expect(calls).to.deep.equal([]);
      }
    });
  }

  it('is where decoding is watched by something that sees', async () => {
    const [target] = targets as [Target];
    const token = target.sign(target.header(), target.claims({ seen: 'never before' }));
    const calls = await callsDuring(decoding, () => expectTaken(target.manager, token));
    expect(calls).to.include.members(['from', 'decode', 'parse']);
  });
});

describe('the effort for a hostile text', function () {
  this.timeout(300_000);
  const [target] = targets as [Target];
  const { manager } = target;
  const json = (length: number) => Math.floor((length * 3) / 4) - 200;
  const fill = (piece: string, size: number) => piece.repeat(Math.floor(size / piece.length));
  const header = (text: string) => `${encode(text)}.e30.AAAA`;
  const forged = (claims: string) => signToken('HS256', target.header(), claims, 'a wrong key');
  const signed = (claims: string) => target.sign(target.header(), claims);
  const good = JSON.stringify(target.claims()).slice(0, -1);

  const texts: [string, (length: number) => string][] = [
    ['letters', (length) => 'a'.repeat(length)],
    ['dots', (length) => '.'.repeat(length)],
    ['letters and dots', (length) => 'a.'.repeat(length / 2)],
    ['spaces', (length) => ' '.repeat(length)],
    [
      'almost a token',
      (length) => `${'a'.repeat(length / 3)}.${'a'.repeat(length / 3)}.${'a'.repeat(length / 3)}!`,
    ],
    ['a long signature', (length) => `${encode(target.header())}.e30.${'A'.repeat(length - 100)}`],
    ['a header of brackets', (length) => header('['.repeat(json(length)))],
    [
      'a deep header',
      (length) => header(`{"a":${'['.repeat(json(length) / 2)}${']'.repeat(json(length) / 2)}}`),
    ],
    ['a header of quotes', (length) => header(`{"a":"${fill('\\"', json(length))}"}`)],
    ['a header of backslashes', (length) => header(`{"a":"${fill('\\\\', json(length))}"}`)],
    ['a header of colons', (length) => header(`{"a":"${':'.repeat(json(length))}"}`)],
    ['a header of spaces', (length) => header(`{${' '.repeat(json(length))}}`)],
    [
      'a header with one member again and again',
      (length) => header(`{${fill('"a":1,', json(length))}"a":1}`),
    ],
    ['a long kid', (length) => header(JSON.stringify(target.header({ kid: 'x'.repeat(json(length)) })))],
    [
      'a long typ',
      (length) => header(JSON.stringify(target.header({ typ: 'application/'.repeat(json(length) / 12) }))),
    ],
    ['forged claims of brackets', (length) => forged('['.repeat(json(length)))],
    ['forged claims of objects', (length) => forged(fill('{"":', json(length)))],
    ['forged claims of a number', (length) => forged('9'.repeat(json(length)))],
    ['signed claims of brackets', (length) => signed('['.repeat(json(length)))],
    [
      'signed claims with one member again and again',
      (length) => signed(`{${fill('"a":1,', json(length))}"a":1}`),
    ],
    [
      'signed deep claims',
      (length) => signed(`{"a":${'['.repeat(json(length) / 2)}${']'.repeat(json(length) / 2)}}`),
    ],
    ['signed claims of many names', (length) => signed(`${good},${members(json(length))}}`)],
    ['signed claims of spaces', (length) => signed(`${good}${' '.repeat(json(length))}}`)],
    ['a long sub', (length) => signed(`{"sub":"${'x'.repeat(json(length))}"}`)],
    ['many roles', (length) => signed(`${good},"roles":[${fill('"a",', json(length))}1]}`)],
    ['a long scope', (length) => signed(`${good},"scope":"${fill('a ', json(length))}"}`)],
    ['many audiences', (length) => signed(`${good},"aud":[${fill('"a",', json(length))}"a"]}`)],
  ];

  function members(size: number): string {
    return Array.from(
      { length: Math.floor(size / 10) },
      (_, at) => `"a${String(at).padStart(4, '0')}":1`,
    ).join();
  }

  for (const [name, text] of texts.filter((_, index) => isFull || index % 3 === 0)) {
    it(`does not grow with the square of its length: ${name}`, async () => {
      for (const length of [8_000, 2_000_000]) {
        const hostile = text(length);
        expect(hostile.length).to.be.within(length * 0.9, length === 8_000 ? 8_192 : length * 1.2);
        await aThousandTimes(() => manager.verify(hostile).catch(() => undefined));
      }
    });
  }
});
