import { expect } from 'chai';
import { KeySet, type KeyOptions } from '../../src';
import { certificatePem, rsaSshLine } from '../support/key-files';
import { jwkOf, keyPairFor } from '../support/keys';
import { otherSecret, secret } from '../support/manager';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const name = 'JWT_SPEC_KEYS';
const ec = keyPairFor('ES256');
const rsa = keyPairFor('RS256');
const k = (text: string) => Buffer.from(text).toString('base64url');

const ecJwk = jwkOf(ec.privateKey, { alg: 'ES256', kid: 'ec' });
const rsaJwk = jwkOf(rsa.publicKey, { alg: 'RS256', kid: 'rsa' });
const set = JSON.stringify({ keys: [rsaJwk, ecJwk] });
const encryptedPem = String(
  ec.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open' }),
);

function readFrom(text: string | undefined, options?: KeyOptions): KeySet {
  if (text === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = text;
  try {
    return KeySet.fromEnv(name, options);
  } finally {
    Reflect.deleteProperty(process.env, name);
  }
}

function described(keys: KeySet): object {
  return {
    kids: keys.kids,
    signs: keys.signingKid,
    algorithms: keys.kids.map((kid) => keys.find(kid)?.algorithm),
  };
}

describe('KeySet.fromEnv', () => {
  const [pemKid] = KeySet.fromPem(ec.privatePem).kids;
  const [secretKid] = KeySet.fromSecret(secret).kids;
  const ofSet = { kids: ['rsa', 'ec'], signs: 'ec', algorithms: ['RS256', 'ES256'] };
  const ofPem = { kids: [pemKid], signs: pemKid, algorithms: ['ES256'] };
  const ofSecret = { kids: [secretKid], signs: secretKid, algorithms: ['HS256'] };
  const secretJwk = { kty: 'oct', alg: 'HS256', kid: 'a', k: k(secret) };
  const texts: [string, string, KeyOptions | undefined, object][] = [
    ['a JWK set', set, undefined, ofSet],
    ['a JWK set, indented', JSON.stringify(JSON.parse(set), null, 2), undefined, ofSet],
    ['a JWK set between white space', ` \n${set}\n`, undefined, ofSet],
    ['a JWK set in single quotes', `'${set}'`, undefined, ofSet],
    [
      'a JWK set without algorithms',
      JSON.stringify({ keys: [{ ...ecJwk, alg: undefined }] }),
      { algorithm: 'ES256' },
      { kids: ['ec'], signs: 'ec', algorithms: ['ES256'] },
    ],
    [
      'a JWK set of secrets',
      JSON.stringify({ keys: [secretJwk, { ...secretJwk, kid: 'b', k: k(otherSecret) }] }),
      undefined,
      { kids: ['a', 'b'], signs: 'a', algorithms: ['HS256', 'HS256'] },
    ],
    ['a JWK', JSON.stringify(ecJwk), undefined, { kids: ['ec'], signs: 'ec', algorithms: ['ES256'] }],
    [
      'a JWK with a kid of its own',
      JSON.stringify(ecJwk),
      { kid: 'mine' },
      { kids: ['mine'], signs: 'mine', algorithms: ['ES256'] },
    ],
    [
      'a public JWK',
      JSON.stringify(rsaJwk),
      undefined,
      { kids: ['rsa'], signs: undefined, algorithms: ['RS256'] },
    ],
    [
      'a JWK of a secret',
      JSON.stringify(secretJwk),
      undefined,
      { kids: ['a'], signs: 'a', algorithms: ['HS256'] },
    ],
    ['a PEM', ec.privatePem, undefined, ofPem],
    ['a PEM with literal newlines', ec.privatePem.replaceAll('\n', '\\n'), undefined, ofPem],
    ['a PEM with CRLF', ec.privatePem.replaceAll('\n', '\r\n'), undefined, ofPem],
    ['a PEM in double quotes', `"${ec.privatePem.replaceAll('\n', '\\n')}"`, undefined, ofPem],
    ['a PEM after a byte order mark', `\uFEFF${ec.privatePem}`, undefined, ofPem],
    [
      'an RSA key as PEM',
      rsa.publicPem,
      { algorithm: 'PS512', kid: 'a' },
      { kids: ['a'], signs: undefined, algorithms: ['PS512'] },
    ],
    ['a certificate', certificatePem, { kid: 'a' }, { kids: ['a'], signs: undefined, algorithms: ['ES256'] }],
    ['an encrypted PEM', encryptedPem, { passphrase: 'open' }, ofPem],
    ['a secret', secret, undefined, ofSecret],
    ['a secret with a newline at its end', `${secret}\n`, undefined, ofSecret],
    [
      'a secret for HS384',
      secret,
      { algorithm: 'HS384', kid: 'a' },
      { kids: ['a'], signs: 'a', algorithms: ['HS384'] },
    ],
  ];
  for (const [what, text, options, expected] of texts) {
    it(`reads ${what}`, () => {
      expect(described(readFrom(text, options))).to.deep.equal(expected);
    });
  }

  const asSecret = /^KeySet.fromEnv: JWT_SPEC_KEYS was read as a secret: /;
  const asPem = /^KeySet.fromEnv: JWT_SPEC_KEYS was read as a PEM: /;
  const asJwk = /^KeySet.fromEnv: JWT_SPEC_KEYS was read as a JWK: /;
  const asSet = /^KeySet.fromEnv: JWT_SPEC_KEYS was read as a JWK set: /;
  const refused: [string, string | undefined, KeyOptions, RegExp, RegExp][] = [
    ['nothing', undefined, {}, /^KeySet.fromEnv: JWT_SPEC_KEYS is not set/, /environment/],
    ['an empty text', '', {}, /^KeySet.fromEnv: JWT_SPEC_KEYS is empty/, /empty/],
    ['white space', ' \n', {}, /^KeySet.fromEnv: JWT_SPEC_KEYS is empty/, /empty/],
    ['a path', '/run/secrets/production/jwt.pem', {}, asSecret, /is a path, a URL/],
    ['a URL', 'https://vault.example.org/v1/secret/data/jwt', {}, asSecret, /is a path, a URL/],
    ['the name of a variable', 'JWT_SECRET_KEY_OF_PRODUCTION_2026', {}, asSecret, /the name of a variable/],
    ['a short secret', 'Wk3vXz8LqTfR1yNb', {}, asSecret, /too short/],
    ['a placeholder', 'change-me-change-me-change-me-change-me', {}, asSecret, /can be guessed/],
    ['a PEM in base64', Buffer.from(rsa.publicPem).toString('base64'), {}, asSecret, /text of another kind/],
    [
      'the body of a PEM',
      rsa.publicPem.replace(/-----.*-----|\n/g, ''),
      {},
      asSecret,
      /text of another kind/,
    ],
    ['an ssh key', rsaSshLine, {}, asSecret, /text of another kind/],
    ['a JWK set in base64', Buffer.from(set).toString('base64'), {}, asSecret, /text of another kind/],
    ['a JWK set after an equals sign', `=${set}`, {}, asSecret, /text of another kind/],
    [
      'a secret for key pairs',
      secret,
      { algorithm: 'ES256' },
      asSecret,
      /algorithm must be HS256, HS384 or HS512/,
    ],
    ['a secret with a passphrase', secret, { passphrase: 'open' }, asSecret, /passphrase does not apply/],
    ['half a PEM', ec.privatePem.slice(0, 100), {}, asPem, /cannot be read/],
    ['a PEM on one line', ec.privatePem.replaceAll('\n', ' '), {}, asPem, /cannot be read/],
    ['two PEMs', ec.privatePem + rsa.publicPem, {}, asPem, /more than one key/],
    ['an RSA key without its algorithm', rsa.privatePem, {}, asPem, /algorithm must be given/],
    ['a PEM for a secret', ec.privatePem, { algorithm: 'HS256' }, asPem, /for a key pair/],
    ['an encrypted PEM without its passphrase', encryptedPem, {}, asPem, /pass its passphrase/],
    [
      'an encrypted PEM with a wrong one',
      encryptedPem,
      { passphrase: 'shut' },
      asPem,
      /check the passphrase/,
    ],
    ['a JWK without its algorithm', JSON.stringify({ ...ecJwk, alg: undefined }), {}, asJwk, /without alg/],
    ['a JWK to encrypt', JSON.stringify({ ...ecJwk, use: 'enc' }), {}, asJwk, /use must be sig/],
    [
      'a JWK with a passphrase',
      JSON.stringify(ecJwk),
      { passphrase: 'open' },
      asJwk,
      /passphrase does not apply/,
    ],
    ['half a JWK set', set.slice(0, 200), {}, asSet, /not valid JSON/],
    ['an empty JWK set', '{"keys":[]}', {}, asSet, /must be a JWK set/],
    ['a list of keys', JSON.stringify([ecJwk]), {}, asSet, /must be a JWK set/],
    ['a template', '{{ jwt_keys }}', {}, asSet, /not valid JSON/],
    ['secrets beside key pairs', JSON.stringify({ keys: [ecJwk, secretJwk] }), {}, /not both/, /KeySet/],
    ['a JWK set with a kid', set, { kid: 'a' }, asSet, /kid does not apply/],
    [
      'two keys of one name',
      JSON.stringify({ keys: [ecJwk, { ...rsaJwk, kid: 'ec' }] }),
      {},
      /two keys/,
      /'ec'/,
    ],
  ];
  for (const [what, text, options, starts, says] of refused) {
    it(`refuses ${what}, and shows nothing of it`, async () => {
      await expectRefused(
        () => readFrom(text, options),
        starts,
        text?.includes('BEGIN') ? text : (text ?? ''),
      );
      await expectRefused(() => readFrom(text, options), says);
    });
  }

  it('says nothing of a passphrase', () =>
    expectRefused(() => readFrom(encryptedPem, { passphrase: secret }), /check the passphrase/, secret));

  const names: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['an empty name', ''],
    ['a number', 1],
    ['a list', [name]],
    ['the value of a variable', ec.privatePem],
    ['a secret with a dash', 'Wk3vXz8LqTfR1yNb-m5sHd0uGcJa7oEi'],
    ['a name with a space', 'JWT KEYS'],
  ];
  for (const [what, given] of names) {
    it(`refuses ${what} as the name`, () =>
      expectRefused(
        () => untypedKeySet.fromEnv(given),
        /^KeySet.fromEnv: name must be the name of/,
        String(given),
      ));
  }

  it('does not show a secret that was passed as the name', () =>
    expectRefused(() => untypedKeySet.fromEnv(secret), /^KeySet.fromEnv: the variable is not set/, secret));

  for (const inherited of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`reads nothing from ${inherited}, which no environment has`, () =>
      expectRefused(() => KeySet.fromEnv(inherited), /is not set in the environment/));
  }

  const options: [string, unknown, RegExp][] = [
    [
      'an unknown option',
      { alg: 'ES256' },
      /^KeySet.fromEnv has no option 'alg'; there are: algorithm, kid, passphrase/,
    ],
    ['options that are none', 'ES256', /^KeySet.fromEnv: the options must be an object/],
    ['an algorithm that there is not', { algorithm: 'none' }, /algorithm must be/],
  ];
  for (const [what, given, says] of options) {
    it(`refuses ${what}`, () => expectRefused(() => readFrom(secret, given as KeyOptions), says, secret));
  }
});
