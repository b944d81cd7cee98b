import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { ConfigurationError, KeySet, MemoryTokenStore } from '../../src';
import { callsDuring, decoding } from '../support/calls';
import { partsOf } from '../support/forge';
import { keyPairFor } from '../support/keys';
import { secret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { expectInvalid, expectTaken, targetFor, type Target } from '../support/target';

const target = targetFor('HS256');
const { manager } = target;

/** A token whose claims are text that starts with the good ones. */
function withMembers(members: string, own: Target = target): string {
  return own.sign(own.header(), JSON.stringify(own.claims()).replace(/\}$/, `,${members}}`));
}

/** How many more characters of claims make a text of 8,192 characters out of this one. */
function fillerFor(token: string): number {
  return Math.round((8_192 - token.length) * 0.75);
}

function nested(depth: number, open = '[', close = ']', core = ''): string {
  return open.repeat(depth) + core + close.repeat(depth);
}

describe('C1: claims that are no object', () => {
  const bodies: [string, string | Buffer][] = [
    ['null', 'null'],
    ['an empty list', '[]'],
    ['a list', '[1]'],
    ['a list with claims', JSON.stringify([target.claims()])],
    ['text', '"s"'],
    ['claims in text', JSON.stringify(JSON.stringify(target.claims()))],
    ['a number', '1'],
    ['zero', '0'],
    ['true', 'true'],
    ['false', 'false'],
    ['half an object', '{'],
    ['half of the claims', JSON.stringify(target.claims()).slice(0, -1)],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['undefined', 'undefined'],
    ['plain text', 'sub=ada'],
    ['something behind it', `${JSON.stringify(target.claims())}x`],
    ['two objects', JSON.stringify(target.claims()) + JSON.stringify(target.claims())],
    ['a line for each', `${JSON.stringify(target.claims())}\n{}`],
    ['a zero byte behind it', `${JSON.stringify(target.claims())}\0`],
    ['a byte order mark', `\uFEFF${JSON.stringify(target.claims())}`],
    ['a comma at the end', JSON.stringify(target.claims()).replace('}', ',}')],
    ['a comment', JSON.stringify(target.claims()).replace('}', '/**/}')],
    ['single quotes', JSON.stringify(target.claims()).replaceAll('"', "'")],
    ['a number that starts with 0', JSON.stringify(target.claims()).replace('}', ',"x":01}')],
    ['a number with a plus', JSON.stringify(target.claims()).replace('}', ',"x":+1}')],
    ['UTF-16', Buffer.from(JSON.stringify(target.claims()), 'utf16le')],
    ['a form', 'sub=ada&exp=9999999999'],
    ['XML', '<sub>ada</sub>'],
    ['CBOR', Buffer.from('a1637375626361646100', 'hex')],
    ['zero bytes', Buffer.alloc(64)],
  ];
  for (const [name, body] of bodies) {
    it(`refuses ${name}, signed by our own key, whatever its typ`, async () => {
      for (const typ of ['at+jwt', 'rt+jwt'])
        await expectInvalid(manager, target.sign(target.header({ typ }), body), 'json');
      for (const typ of ['JWT', undefined])
        await expectInvalid(manager, target.sign(target.header({ typ }), body), 'typ');
    });
  }

  it('refuses no claims at all', () => expectInvalid(manager, target.sign(target.header(), ''), 'format'));

  it('refuses an object without the claims that every token has', async () => {
    await expectInvalid(manager, target.sign(target.header(), '{}'), 'sub');
    await expectInvalid(manager, target.sign(target.header(), '{"sub":"ada"}'), 'jti');
  });

  for (const [name, text] of [
    ['nothing strange', JSON.stringify(target.claims())],
    ['white space', JSON.stringify(target.claims(), null, '\t').replaceAll('\n', ' \r\n ')],
    ['white space around it', `\r\n\t ${JSON.stringify(target.claims())}\n`],
    ['escapes', JSON.stringify(target.claims()).replaceAll('a', '\\u0061')],
  ] as const) {
    it(`takes ${name}`, () => expectTaken(manager, target.sign(target.header(), text)));
  }
});

describe('C9: claims that stand twice', () => {
  const twice: [string, string][] = [
    ['sub', '"sub":"bob"'],
    ['sub with the same value', '"sub":"ada"'],
    ['exp', '"exp":9999999999'],
    ['roles', '"roles":[],"roles":["admin"]'],
    ['scope', '"scope":"a","scope":"b"'],
    ['a claim of the application', '"tenant":1,"tenant":2'],
    ['an empty name', '"":1,"":2'],
    ['a name with an escape', '"t\\u0065nant":1,"tenant":2'],
    ['two escapes', '"\\u0061":1,"\\u0061":1'],
    ['a slash with and without its escape', '"a/b":1,"a\\/b":1'],
    ['a name next to __proto__', '"__proto__":{},"__proto__":{}'],
    ['a member of a claim', '"x":{"y":1,"y":2}'],
    ['a member far down', '"x":[[{"y":[{"z":1,"z":1}]}]]'],
    ['a claim whose first value is an object', '"x":{"y":1},"x":1'],
    ['a claim whose last value is an object', '"x":1,"x":{"y":1}'],
    ['a claim after text with quotes', '"a":"\\"","x":1,"x":2'],
    ['a claim after text with a backslash', '"a":"\\\\","x":1,"x":2'],
    ['a claim after text that looks like JSON', '"a":"{\\"b\\":","x":1,"x":2'],
  ];
  for (const [name, members] of twice) {
    it(`refuses ${name}`, () => expectInvalid(manager, withMembers(members), 'json'));
  }

  const once: [string, string][] = [
    ['the same name at two places', '"a":{"x":1},"b":{"x":1},"x":[{"x":1},{"x":1}]'],
    ['names that differ in case', '"x":1,"X":2'],
    ['names that differ in their form', '"\\u00e9":1,"e\\u0301":2'],
    ['colons and quotes in text', '"a:b":"c:\\"d\\":","e":":::"'],
    ['backslashes at the end of text', '"a":"\\\\","b:":"\\\\\\\\"'],
    ['empty objects and lists', '"a":{},"b":[],"c":[{},[{}]]'],
  ];
  for (const [name, members] of once) {
    it(`takes ${name}`, () => expectTaken(manager, withMembers(members)));
  }
});

describe('C11: claims that are deep, wide or long', () => {
  const shapes: [string, (depth: number) => string][] = [
    ['lists', (depth) => `"x":${nested(depth)}`],
    ['objects', (depth) => `"x":${nested(depth, '{"a":', '}', '1')}`],
    ['both in turn', (depth) => `"x":${nested(depth / 2, '[{"a":', '}]', '1')}`],
  ];
  for (const [name, shape] of shapes) {
    it(`refuses ${name} below the thirty-second level`, async () => {
      // The claims themselves are the first level.
      await expectTaken(manager, withMembers(shape(30)));
      for (const depth of [32, 64, 200, 500]) await expectInvalid(manager, withMembers(shape(depth)), 'json');
    });
  }

  it('draws the line between 31 and 32 lists in a claim', async () => {
    await expectTaken(manager, withMembers(`"x":${nested(31)}`));
    await expectInvalid(manager, withMembers(`"x":${nested(32)}`), 'json');
  });

  it('refuses as many levels as the text can hold, in all claims', async () => {
    for (const depth of [1_000, 2_900]) {
      await expectInvalid(manager, withMembers(`"x":${nested(depth)}`), 'json');
      await expectInvalid(manager, target.sign(target.header(), nested(depth)), 'json');
      await expectInvalid(manager, target.sign(target.header(), '['.repeat(depth * 2)), 'json');
    }
  });

  const large: [string, () => string][] = [
    ['5,000 levels', () => `"x":${nested(5_000)}`],
    ['1,000,000 levels', () => `"x":${nested(1_000_000)}`],
    ['1,000,000 levels that do not end', () => `"x":${'{"a":'.repeat(1_000_000)}`],
    ['100,000 claims', () => Array.from({ length: 100_000 }, (_, at) => `"c${String(at)}":1`).join()],
    ['100,000 roles', () => `"roles":[${Array.from({ length: 100_000 }, () => '"r"').join()}]`],
    ['a claim of 1 MB', () => `"x":"${'x'.repeat(1_048_576)}"`],
    ['white space of 1 MB', () => `"x":1${' '.repeat(1_048_576)}`],
    ['a number of 100,000 digits', () => `"x":1${'0'.repeat(100_000)}`],
  ];
  for (const [name, members] of large) {
    it(`refuses ${name} before anything is decoded`, async () => {
      const token = withMembers(members());
      expect(await callsDuring(decoding, () => expectInvalid(manager, token, 'format'))).to.deep.equal([]);
    });
  }

  it('refuses roles and scopes that are too many by the length of the text alone', async () => {
    const roles = Array.from({ length: 900 }, (_, at) => String(at));
    const few = target.sign(target.header(), target.claims({ roles, scope: roles.slice(0, 50).join(' ') }));
    expect((await expectTaken(manager, few)).roles).to.have.length(900);
    const many = target.sign(target.header(), target.claims({ roles: [...roles, ...roles] }));
    expect(many.length).to.be.greaterThan(8_192);
    await expectInvalid(manager, many, 'format');
  });

  it('takes text of 8,192 characters and nothing longer', async () => {
    for (const algorithm of ['HS256', 'ES512', 'RS256'] as const) {
      const own = targetFor(algorithm);
      const lengths: number[] = [];
      const start = fillerFor(withMembers('"x":""', own));
      for (let filler = start - 4; filler < start + 4; filler++) {
        const token = withMembers(`"x":"${'x'.repeat(filler)}"`, own);
        lengths.push(token.length);
        if (token.length <= 8_192) await expectTaken(own.manager, token);
        else await expectInvalid(own.manager, token, 'format');
      }
      expect(lengths.find((length) => length > 8_192)).to.be.lessThan(8_195);
      expect(lengths.findLast((length) => length <= 8_192)).to.be.greaterThan(8_189);
    }
  });

  it('passes everything through that it has issued, up to the last character', async () => {
    for (const algorithm of ['HS256', 'ES256', 'RS256'] as const) {
      const own = targetFor(algorithm);
      const issue = (filler: number) =>
        own.manager.createAccessToken('ada', { claims: { text: 'x'.repeat(filler) } });
      let filler = fillerFor(await issue(0)) - 4;
      let longest: string | undefined = await issue(filler);
      for (let next = longest; next; next = await issue(++filler).catch(() => '')) {
        longest = next;
        expect((await expectTaken(own.manager, next)).claims['text']).to.have.length(filler);
      }
      expect(longest.length).to.be.within(8_190, 8_192);
    }
  });

  it('passes 6,000 bytes of claims through', async () => {
    for (const type of ['Access', 'Refresh'] as const) {
      for (const claims of [
        { text: 'x'.repeat(5_800) },
        { list: Array.from({ length: 1_450 }, () => 'x') },
      ]) {
        const token = await manager[`create${type}Token`]('ada', { claims, roles: 'member', scopes: 'read' });
        expect(JSON.stringify(partsOf(token).claims).length).to.be.within(5_900, 6_060);
        expect((await expectTaken(manager, token)).claims).to.deep.equal(claims);
      }
    }
  });

  const rooms: [name: string, keys: () => KeySet, characters: number][] = [
    ['HS256', () => KeySet.fromSecret(secret), 5_811],
    ['RS256', () => KeySet.fromPem(keyPairFor('RS256').privatePem, { algorithm: 'RS256' }), 5_554],
  ];
  for (const [name, keys, characters] of rooms) {
    it(`has room for ${String(characters)} characters of claims beside a UUID under ${name}`, async () => {
      const own = testManager({ keys: keys(), clock: target.clock });
      const issue = (length: number) =>
        own.createTokenPair(randomUUID(), { claims: { x: 'x'.repeat(length - '{"x":""}'.length) } });
      const { refresh_token: text } = await issue(characters);
      expect(await own.verify(text, { type: 'refresh' })).to.have.property('sessionId');
      for (const [more, excess] of [
        [1, '[12] '],
        [100, '13\\d '],
      ] as const) {
        const { message } = await refusalOf(issue(characters + more), ConfigurationError);
        expect(message).to.match(
          new RegExp(`^claims are too large: .* ${excess}characters more than the 8192 `),
        );
      }
    });
  }

  it('keeps room for the number of refreshes in a session with as many claims as fit', async () => {
    const claims = { x: 'x'.repeat(5_811 - '{"x":""}'.length) };
    const own = testManager({ clock: target.clock, store: new MemoryTokenStore({ clock: target.clock }) });
    let pair = await own.createTokenPair(randomUUID(), { claims });
    for (let count = 0; count < 12; count++) pair = await own.refresh(pair.refresh_token);
    expect((await own.verify(pair.access_token)).claims).to.deep.equal(claims);
  });

  it('issues nothing that could not be verified', async () => {
    const objects = (depth: number): object =>
      JSON.parse(`{"x":${nested(depth, '{"a":', '}', '1')}}`) as object;
    const token = await manager.createAccessToken('ada', { claims: objects(31) as Record<string, unknown> });
    await expectTaken(manager, token);
    for (const [claims, says] of [
      [objects(32), /nested at most 32/],
      [objects(5_000), /nested at most 32|less nesting|too large/],
      [Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`c${String(at)}`, 1])), /too large/],
      [{ x: 'x'.repeat(1_048_576) }, /too large/],
      [{ x: Array.from({ length: 100_000 }, () => 'r') }, /too large/],
    ] as const) {
      const attempt = manager.createAccessToken('ada', { claims: claims as Record<string, unknown> });
      expect((await refusalOf(attempt, ConfigurationError)).message).to.match(says);
    }
  });

  it('reads no more of claims that are too large than a token could hold', async () => {
    let reads = 0;
    const list = Array.from({ length: 100_000 }, () => ({
      get member() {
        reads++;
        return 1;
      },
    }));
    const error = await refusalOf(manager.createAccessToken('ada', { claims: { list } }), ConfigurationError);
    expect(error.message).to.equal('claims are too large: a token has at most 8192 characters');
    expect(reads).to.be.within(1, 1_000);
  });

  it('rejects roles, scopes and audiences by their length, before anything else', async () => {
    for (const option of ['roles', 'scopes', 'audience']) {
      const list = Array.from({ length: 2_000 }, () => 'name');
      for (const names of [list, Array.from({ length: 100_000 }, () => 'x'), 'x '.repeat(100_000)]) {
        const error = await refusalOf(
          manager.createAccessToken('ada', { [option]: names }),
          ConfigurationError,
        );
        expect(error.message).to.equal(`createAccessToken: ${option} must have at most 8192 characters`);
      }
    }
  });

  it('hands over claims that a handler can return', async () => {
    const { claims } = await expectTaken(manager, withMembers(`"x":${nested(31)}`));
    expect(JSON.stringify(claims)).to.equal(`{"x":${nested(31)}}`);
    expect(structuredClone(claims)).to.deep.equal(claims);
  });
});

describe('C12: claims that are no UTF-8', () => {
  const bytes: [string, string][] = [
    ['a lone continuation byte', '80'],
    ['a byte that never stands in UTF-8', 'ff'],
    ['two of them', 'fffe'],
    ['half of a character', 'c3'],
    ['two thirds of a character', 'e282'],
    ['three quarters of a character', 'f09f98'],
    ['an overlong slash', 'c0af'],
    ['an overlong zero', 'c080'],
    ['an overlong quote', 'e080a2'],
    ['a high surrogate', 'eda080'],
    ['a low surrogate', 'edb080'],
    ['a pair of surrogates (CESU-8)', 'eda0bdedb880'],
    ['a character beyond the last', 'f4908080'],
    ['five bytes', 'f888808080'],
    ['Latin-1', 'e9'],
  ];
  for (const [name, hex] of bytes) {
    it(`refuses ${name}, in a value and in a name`, async () => {
      const text = JSON.stringify(target.claims({ sub: 'user-?', x: { '!': 1 } }));
      for (const place of ['?', '!']) {
        const [before = '', after = ''] = text.split(place);
        const body = Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]);
        await expectInvalid(manager, target.sign(target.header(), body), 'json');
      }
    });
  }

  it('keeps two users apart whose names differ in bytes', async () => {
    const names = ['é', 'e\u0301', 'ﬁ', 'fi', '\uFFFD', '\u{1F600}', '\u{1F601}', 'Ада', '\u00E9\u200D'];
    const seen = new Set<string>();
    for (const sub of names)
      seen.add((await manager.verify(target.sign(target.header(), target.claims({ sub })))).identity);
    expect([...seen]).to.deep.equal(names);
  });

  it('refuses half a surrogate pair in every name that it goes by', async () => {
    for (const [claim, value, reason] of [
      ['sub', '"\\ud800"', 'sub'],
      ['sub', '"a\\udfff"', 'sub'],
      ['jti', '"\\udc00\\ud800"', 'jti'],
      ['sid', '"\\ud83d"', 'sid'],
      ['roles', '["\\ud83d"]', 'roles'],
      ['scope', '"\\ud83d"', 'scope'],
    ] as const) {
      const text = JSON.stringify(target.claims({ [claim]: undefined })).replace(
        '}',
        `,"${claim}":${value}}`,
      );
      await expectInvalid(manager, target.sign(target.header(), text), reason);
    }
  });
});
