import { expect } from 'chai';
import { encode } from '../support/forge';
import { expectInvalid, expectTaken, targetFor, type Target } from '../support/target';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const targets = (['HS256', 'ES256', 'RS256'] as const).map((algorithm) => targetFor(algorithm));

function good({ sign, header, claims }: Target): string {
  return sign(header(), claims());
}

describe('D1: text that is no token', () => {
  const values: unknown[] = [
    undefined,
    null,
    0,
    1,
    NaN,
    true,
    false,
    {},
    [],
    ['a.b.c'],
    () => 'a.b.c',
    Symbol('x'),
  ];
  for (const value of [...values, 1n, new Date(), /a.b.c/, Object('a.b.c'), new Error('a.b.c')]) {
    it(`refuses ${typeof value} ${String(value).slice(0, 20)}`, async () => {
      for (const { manager } of targets) await expectInvalid(manager, value, 'format');
    });
  }

  const segments: [string, (a: string, b: string, c: string) => string][] = [
    ['nothing', () => ''],
    ['one dot', () => '.'],
    ['two dots', () => '..'],
    ['three dots', () => '...'],
    ['a thousand dots', () => '.'.repeat(1_000)],
    ['one segment', (a) => a],
    ['two segments', (a, b) => `${a}.${b}`],
    ['two segments and a dot', (a, b) => `${a}.${b}.`],
    ['four segments', (a, b, c) => `${a}.${b}.${c}.${c}`],
    ['five segments', (a, b, c) => `${a}.${b}.${c}.${c}.${c}`],
    ['four segments, the last empty', (a, b, c) => `${a}.${b}.${c}.`],
    ['four segments, the first empty', (a, b, c) => `.${a}.${b}.${c}`],
    ['an empty header', (_, b, c) => `.${b}.${c}`],
    ['empty claims', (a, _, c) => `${a}..${c}`],
    ['an empty signature', (a, b) => `${a}.${b}.`],
    ['only a header', (a) => `${a}..`],
    ['two dots between', (a, b, c) => `${a}..${b}.${c}`],
    ['no dots', (a, b, c) => a + b + c],
    ['encoded dots', (a, b, c) => [a, b, c].join('%2E')],
    ['encoded dots in lower case', (a, b, c) => [a, b, c].join('%2e')],
    ['doubly encoded dots', (a, b, c) => [a, b, c].join('%252E')],
    ['dots of another script', (a, b, c) => [a, b, c].join('\u3002')],
    ['fullwidth dots', (a, b, c) => [a, b, c].join('\uFF0E')],
    ['middle dots', (a, b, c) => [a, b, c].join('\u00B7')],
    ['commas', (a, b, c) => [a, b, c].join()],
    ['spaces', (a, b, c) => [a, b, c].join(' ')],
    ['a space after each dot', (a, b, c) => [a, b, c].join('. ')],
    ['a line for each', (a, b, c) => [a, b, c].join('.\n')],
    ['the scheme', (a, b, c) => `Bearer ${a}.${b}.${c}`],
    ['quotes', (a, b, c) => `"${a}.${b}.${c}"`],
    ['quotes inside', (a, b, c) => `"${a}"."${b}"."${c}"`],
    ['a token after a token', (a, b, c) => `${a}.${b}.${c}${a}.${b}.${c}`],
    ['two tokens with a comma', (a, b, c) => `${a}.${b}.${c},${a}.${b}.${c}`],
    ['a parameter', (a, b, c) => `${a}.${b}.${c};x=1`],
    ['a query', (a, b, c) => `access_token=${a}.${b}.${c}`],
    ['a prefix', (a, b, c) => `v1.${a}.${b}.${c}`],
    ['a header that is not encoded', (a, b, c) => `${Buffer.from(a, 'base64url').toString()}.${b}.${c}`],
    ['claims that are not encoded', (a, b, c) => `${a}.${Buffer.from(b, 'base64url').toString()}.${c}`],
    [
      'hex',
      (a, b, c) => [a, b, c].map((part) => Buffer.from(part, 'base64url').toString('hex')).join('.') + '0',
    ],
  ];
  for (const [name, text] of segments) {
    it(`refuses ${name}`, async () => {
      for (const target of targets) {
        const [a = '', b = '', c = ''] = good(target).split('.');
        await expectInvalid(target.manager, text(a, b, c), 'format');
        await expectTaken(target.manager, `${a}.${b}.${c}`);
      }
    });
  }

  const strangers = [
    ...[
      ' ',
      '\t',
      '\n',
      '\r',
      '\r\n',
      '\0',
      '\v',
      '\f',
      '\u007f',
      '\u00A0',
      '\u2028',
      '\uFEFF',
      '\u200B',
      '\u3000',
    ],
    ...[
      '=',
      '==',
      '===',
      '%3D',
      '+',
      '/',
      '+/',
      '~',
      '!',
      '*',
      ':',
      ';',
      ',',
      '"',
      "'",
      '\\',
      '<',
      '&',
      '?',
      '#',
      '@',
    ],
    ...['é', '\u212A', '\uFF21', '\u0430', '\u{1F600}', '\ud800', '\u0301', '%41', '&#65;', '\\u0041'],
  ];
  for (const stranger of strangers) {
    it(`refuses ${JSON.stringify(stranger)} anywhere in it`, async () => {
      for (const target of targets) {
        const token = good(target);
        const dots = [token.indexOf('.'), token.lastIndexOf('.')].flatMap((dot) => [dot, dot + 1]);
        for (const at of [0, 1, ...dots, token.length - 1, token.length]) {
          const inserted = token.slice(0, at) + stranger + token.slice(at);
          await expectInvalid(target.manager, inserted, 'format');
          const replaced = token.slice(0, at) + stranger + token.slice(at + 1);
          await expectInvalid(target.manager, replaced, 'format');
        }
      }
    });
  }

  it('refuses the alphabet of common base64', async () => {
    for (const target of targets) {
      const spread = target.sign(target.header(), target.claims({ x: '>>>???~~~\u00FF\u00FB\u00FE' }));
      expect(spread).to.match(/[-_]/);
      await expectTaken(target.manager, spread);
      for (const common of [
        spread.replaceAll('-', '+').replaceAll('_', '/'),
        spread.replace('-', '+'),
        spread.replace('_', '/'),
      ]) {
        if (common !== spread) await expectInvalid(target.manager, common, 'format');
      }
    }
  });
});

describe('D1, D2: other spellings of a good token', () => {
  /** A token each of whose parts has bits left over in its last character, 2 or 4 of them. */
  function spellable(target: Target): string[] {
    const tokens = ['', 'x', 'xx', 'xxx'].flatMap((a) =>
      ['', 'x', 'xx', 'xxx'].map((b) => target.sign(target.header({ a }), target.claims({ b }))),
    );
    return tokens.filter((token) => token.split('.').every((part) => part.length % 4 !== 0));
  }

  it('are refused when they differ in bits that mean nothing, in each part', async () => {
    for (const target of targets) {
      const tokens = spellable(target);
      expect(tokens.length).to.be.greaterThan(3);
      for (const token of tokens) {
        const parts = token.split('.');
        await expectTaken(target.manager, token);
        for (let at = 0; at < 3; at++) {
          const part = parts[at] ?? '';
          const same = alphabet
            .split('')
            .map((last) => part.slice(0, -1) + last)
            .filter((other) => isSame(part, other));
          expect(same).to.have.length(part.length % 4 === 2 ? 15 : 3);
          for (const other of same) {
            const text = parts.map((each, place) => (place === at ? other : each)).join('.');
            await expectInvalid(target.manager, text, 'format');
          }
        }
      }
    }
  });

  it('are refused when they are padded, in each part', async () => {
    for (const target of targets) {
      for (const token of spellable(target)) {
        const parts = token.split('.');
        for (let at = 0; at < 3; at++) {
          const padded = parts.map((part, place) =>
            place === at ? part.padEnd(part.length + 2, '=') : part,
          );
          await expectInvalid(target.manager, padded.join('.'), 'format');
        }
        const full = parts.map((part) => part.padEnd(Math.ceil(part.length / 4) * 4, '='));
        await expectInvalid(target.manager, full.join('.'), 'format');
      }
    }
  });

  it('are refused when one character is left over', async () => {
    for (const target of targets) {
      for (const token of spellable(target)) {
        const parts = token.split('.');
        for (let at = 0; at < 3; at++) {
          const part = parts[at] ?? '';
          const left = part.slice(0, Math.floor(part.length / 4) * 4);
          const text = parts.map((each, place) => (place === at ? `${left}A` : each)).join('.');
          await expectInvalid(target.manager, text, 'format');
        }
      }
    }
  });

  it('are one token where ECDSA has two signatures: its id, by which it is revoked, is the same', async () => {
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    const target = targetFor('ES256');
    const token = good(target);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const mirrored = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
    const other = `${header}.${claims}.${encode(Buffer.concat([bytes.subarray(0, 32), mirrored]))}`;
    expect(other).not.to.equal(token);
    const [one, two] = [await expectTaken(target.manager, token), await expectTaken(target.manager, other)];
    expect(two.id).to.equal(one.id).and.to.equal('token-1');
    expect(two.raw).not.to.equal(one.raw);
  });
});

function isSame(part: string, other: string): boolean {
  return part !== other && Buffer.from(part, 'base64url').equals(Buffer.from(other, 'base64url'));
}
