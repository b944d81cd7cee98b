import { createSecretKey, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { KeySet } from '../../src/keys/key-set';
import { keyPairFor } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const text = 'Wk3vXz8LqTfR1yNbPm5sHd0uGcJa7oEi';

describe('secrets', () => {
  const bytes = Buffer.from(text);
  const forms: [string, string | Buffer | ReturnType<typeof createSecretKey>][] = [
    ['a string', text],
    ['a Buffer', bytes],
    ['a secret KeyObject', createSecretKey(bytes)],
  ];

  for (const [form, secret] of forms) {
    it(`are taken as ${form}`, () => {
      const key = KeySet.fromSecret(secret).signer();
      expect(key.algorithm).to.equal('HS256');
      expect(key.signingKey.export()).to.deep.equal(bytes);
      expect(key.verifyingKey.export()).to.deep.equal(bytes);
    });
  }

  it('are kept as they were, whatever the caller does to his Buffer', () => {
    const mine = Buffer.from(text);
    const keys = KeySet.fromSecret(mine);
    mine.fill(0);
    expect(keys.signer().signingKey.export()).to.deep.equal(bytes);
  });

  it('have a stable name of their own that another secret does not have', () => {
    const [kid = ''] = KeySet.fromSecret(text).kids;
    expect(kid).to.match(/^[A-Za-z0-9_-]{11}$/);
    expect(KeySet.fromSecret(bytes).kids).to.deep.equal([kid]);
    expect(KeySet.fromSecret(`${text}.`).kids).not.to.deep.equal([kid]);
  });

  it('take the name that they are given', () => {
    expect(KeySet.fromSecret(text, { kid: '2026-01' }).kids).to.deep.equal(['2026-01']);
  });

  const sizes = [
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const;
  for (const [algorithm, size] of sizes) {
    it(`for ${algorithm} have ${String(size)} bytes at least`, async () => {
      expect(KeySet.fromSecret(randomBytes(size), { algorithm }).signer().algorithm).to.equal(algorithm);
      const short = randomBytes(size - 1).toString('latin1');
      const attempt = () => KeySet.fromSecret(Buffer.from(short, 'latin1'), { algorithm });
      await expectRefused(attempt, new RegExp(`too short, ${String(size)} random bytes are needed`), short);
    });
  }

  it('are counted in bytes, not in characters', () => {
    expect(KeySet.fromSecret('äöüßéèêøñçåæîûôâ').kids).to.have.length(1);
  });

  for (const missing of [undefined, '', Buffer.alloc(0), createSecretKey(Buffer.alloc(0))]) {
    it(`that are missing (${missing?.constructor.name ?? 'undefined'}) are asked for`, () =>
      expectRefused(
        () => untypedKeySet.fromSecret(missing),
        /missing\. Is the environment variable set\? Create a secret: npx/,
      ));
  }

  const wrongTypes: [string, unknown][] = [
    ['null', null],
    ['a number', 1234567890],
    ['true', true],
    ['a list', [text]],
    ['an object', { secret: text }],
    ['a Uint8Array', new Uint8Array(bytes)],
    ['a public KeyObject', keyPairFor('ES256').publicKey],
    ['a private KeyObject', keyPairFor('ES256').privateKey],
  ];
  for (const [name, secret] of wrongTypes) {
    it(`are not ${name}`, () =>
      expectRefused(() => untypedKeySet.fromSecret(secret), /must be a string, a Buffer/, text));
  }

  const guessable: [string, string | Buffer][] = [
    ['one byte', Buffer.alloc(64)],
    ['four different bytes', 'abcdabdcacbdacdbadbcadcbbacdbadc'.repeat(2)],
    ['a repeated word', 'password'.repeat(8)],
    ['a repeated word that is cut off', 'changeit!'.repeat(8).slice(0, 64)],
    ['sixteen bytes, twice over', 'Wk3vXz8LqTfR1yNb'.repeat(4)],
    ['a secret from a page about tokens', 'a-string-secret-at-least-256-bits-long'],
    ['the same in capitals', 'A-String-Secret-at-least-256-bits-long'],
    ['a key from a much copied tutorial', '404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970'],
  ];
  for (const [name, secret] of guessable) {
    it(`are not ${name}`, () => expectRefused(() => KeySet.fromSecret(secret), /can be guessed/, secret));
  }

  it('may be seventeen bytes, written again', () => {
    expect(KeySet.fromSecret('Wk3vXz8LqTfR1yNbP'.repeat(2)).kids).to.have.length(1);
  });

  const wrongOptions: [string, unknown, RegExp][] = [
    ['an unknown option', { algorithms: ['HS256'] }, /no option 'algorithms'; there are: algorithm, kid/],
    ['options that are no object', 'HS256', /must be an object/],
    ['an algorithm for key pairs', { algorithm: 'RS256' }, /must be HS256, HS384 or HS512/],
    ['a kid that is no string', { kid: 1 }, /kid must be/],
  ];
  for (const [name, options, says] of wrongOptions) {
    it(`refuse ${name}`, () => expectRefused(() => untypedKeySet.fromSecret(text, options), says, text));
  }
});
