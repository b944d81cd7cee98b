import { headerTargets } from '../support/header-targets';
import { expectInvalid, expectTaken } from '../support/target';

describe('B7: headers that are written strangely', () => {
  const good = (alg: string) => `"alg":"${alg}","typ":"at+jwt","kid":"key-1"`;
  const texts: [string, (alg: string) => string | Buffer, string?][] = [
    ['alg twice, the good one last', (alg) => `{"alg":"none",${good(alg)}}`],
    ['alg twice, the good one first', (alg) => `{${good(alg)},"alg":"none"}`],
    ['alg twice, the same', (alg) => `{${good(alg)},"alg":"${alg}"}`],
    ['alg twice, once with an escape', (alg) => `{${good(alg)},"\\u0061lg":"none"}`],
    ['typ twice', (alg) => `{${good(alg)},"typ":"rt+jwt"}`],
    ['an unknown parameter twice', (alg) => `{${good(alg)},"x":1,"x":2}`],
    ['a parameter twice further down', (alg) => `{${good(alg)},"x":{"y":[{"z":1,"z":1}]}}`],
    ['crit twice, so that it is gone', (alg) => `{"crit":["x"],${good(alg)},"crit":null}`],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['a list with a header in it', (alg) => `[{${good(alg)}}]`],
    ['text', () => '"x"'],
    ['a header in text', (alg) => JSON.stringify(`{${good(alg)}}`)],
    ['a number', () => '1'],
    ['true', () => 'true'],
    ['no JSON', (alg) => `alg=${alg}`],
    ['half of it', (alg) => `{${good(alg)}`],
    ['a bracket too many', (alg) => `{${good(alg)}}}`],
    ['a comma at the end', (alg) => `{${good(alg)},}`],
    ['a comma at the start', (alg) => `{,${good(alg)}}`],
    ['single quotes', (alg) => `{${good(alg)}}`.replaceAll('"', "'")],
    ['names without quotes', (alg) => `{alg:"${alg}","typ":"at+jwt","kid":"key-1"}`],
    ['a comment', (alg) => `{${good(alg)}/* x */}`],
    ['a line comment', (alg) => `{${good(alg)}// x\n}`],
    ['two headers', (alg) => `{${good(alg)}}{${good(alg)}}`],
    ['something behind it', (alg) => `{${good(alg)}}x`],
    ['a zero byte behind it', (alg) => `{${good(alg)}}\0`],
    ['a byte order mark', (alg) => `\uFEFF{${good(alg)}}`],
    ['a no-break space', (alg) => `\u00A0{${good(alg)}}`],
    ['a form feed', (alg) => `\f{${good(alg)}}`],
    ['a vertical tab', (alg) => `{\v${good(alg)}}`],
    ['a line separator', (alg) => `{\u2028${good(alg)}}`],
    ['a line break in a string', (alg) => `{${good(alg)},"x":"a\nb"}`],
    ['NaN', (alg) => `{${good(alg)},"x":NaN}`],
    ['a number in hex', (alg) => `{${good(alg)},"x":0x1}`],
    ['UTF-16', (alg) => Buffer.from(`{${good(alg)}}`, 'utf16le')],
    ['UTF-16 with a byte order mark', (alg) => Buffer.from(`\uFEFF{${good(alg)}}`, 'utf16le')],
    ['a byte that is no UTF-8', (alg) => Buffer.from(`{${good(alg)},"x":"\xff"}`, 'latin1')],
    ['a name that is no UTF-8', (alg) => Buffer.from(`{${good(alg)},"\xc0\x80":1}`, 'latin1')],
    ['an encoded surrogate', (alg) => Buffer.from(`{${good(alg)},"x":"\xed\xa0\x80"}`, 'latin1')],
    ['a lone surrogate', (alg) => `{${good(alg)},"x":"\\ud800"}`],
    ['a lone low surrogate', (alg) => `{${good(alg)},"x":"a\\udc00b"}`],
    ['surrogates in the wrong order', (alg) => `{${good(alg)},"x":"\\udc00\\ud800"}`],
    ['a lone surrogate in a name', (alg) => `{${good(alg)},"\\ud800":1}`],
    ['__proto__', (alg) => `{${good(alg)},"__proto__":{"alg":"none"}}`],
    ['__proto__ with an escape', (alg) => `{${good(alg)},"\\u005f_proto__":{}}`],
    ['all of it in __proto__', (alg) => `{"__proto__":{${good(alg)}}}`],
    ['33 levels', (alg) => `{${good(alg)},"x":${'['.repeat(33)}${']'.repeat(33)}}`],
    ['1,000 levels', (alg) => `{${good(alg)},"x":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['700 levels of objects', (alg) => `{${good(alg)},"x":${'{"":'.repeat(700)}1${'}'.repeat(700)}}`],
    ['levels without end', () => '['.repeat(5_000)],
    ['an empty object', () => '{}', 'alg'],
    ['parameters in the wrong case', (alg) => `{"ALG":"${alg}","Typ":"at+jwt","KID":"key-1"}`, 'alg'],
  ];
  for (const [name, text, reason = 'format'] of texts) {
    it(`refuses ${name}`, async () => {
      for (const { algorithm, manager, claims, sign } of headerTargets)
        await expectInvalid(manager, sign(text(algorithm), claims()), reason);
    });
  }

  const fine: [string, (alg: string) => string][] = [
    ['nothing strange', (alg) => `{${good(alg)}}`],
    ['CRLF (RFC 7519, section 3.1)', (alg) => `{"typ":"at+jwt",\r\n "alg":"${alg}"}`],
    ['white space all over', (alg) => ` \t\r\n{\n "alg" : "${alg}" ,\t"typ":"at+jwt"\r}\n `],
    ['escapes', (alg) => `{${good(alg)}}`.replace('at+jwt', '\\u0061t\\u002bjwt')],
    ['a pair of surrogates', (alg) => `{${good(alg)},"x":"\\ud83d\\ude00 \u{1F600}"}`],
    ['another order', (alg) => `{"kid":"key-1","typ":"at+jwt","alg":"${alg}"}`],
    ['brackets, colons and quotes in a string', (alg) => `{${good(alg)},"x":"{\\":[\\\\"}`],
    ['an empty name', (alg) => `{${good(alg)},"":""}`],
    ['a name of an inherited member', (alg) => `{${good(alg)},"hasOwnProperty":1,"toString":2}`],
    ['31 levels', (alg) => `{${good(alg)},"x":${'['.repeat(31)}${']'.repeat(31)}}`],
  ];
  for (const [name, text] of fine) {
    it(`takes ${name}`, async () => {
      for (const { algorithm, manager, claims, sign } of headerTargets)
        await expectTaken(manager, sign(text(algorithm), claims()));
    });
  }
});
