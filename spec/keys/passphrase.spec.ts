import { expect } from 'chai';
import { KeySet } from '../../src/keys/key-set';
import { keyPairFor } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const passphrase = 'a passphrase of the operator';
const algorithms = ['RS256', 'PS384', 'ES256', 'ES512', 'EdDSA'] as const;

function encrypted(
  algorithm: (typeof algorithms)[number],
  type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8',
): string {
  const options = { format: 'pem', type, cipher: 'aes-256-cbc', passphrase } as const;
  return String(keyPairFor(algorithm).privateKey.export(options));
}

describe('an encrypted PEM', () => {
  const forms: [string, (typeof algorithms)[number], string][] = [
    ...algorithms.map((algorithm): [string, (typeof algorithms)[number], string] => [
      `PKCS#8 for ${algorithm}`,
      algorithm,
      encrypted(algorithm),
    ]),
    ['PKCS#1', 'RS256', encrypted('RS256', 'pkcs1')],
    ['SEC1', 'ES256', encrypted('ES256', 'sec1')],
  ];
  for (const [name, algorithm, pem] of forms) {
    it(`is opened by its passphrase: ${name}, with real and literal newlines`, () => {
      for (const text of [pem, pem.replaceAll('\n', '\\n'), ` ${pem}`]) {
        const { signingKey } = KeySet.fromPem(text, { algorithm, passphrase }).signer();
        expect(signingKey.equals(keyPairFor(algorithm).privateKey)).to.equal(true);
      }
    });
  }

  const ec = keyPairFor('ES256');
  const refused: [string, string, object, RegExp][] = [
    ['without a passphrase', encrypted('ES256'), {}, /pem is encrypted: pass its passphrase/],
    [
      'with a passphrase that is undefined',
      encrypted('ES256'),
      { passphrase: undefined },
      /pass its passphrase/,
    ],
    [
      'with a wrong passphrase',
      encrypted('ES256'),
      { passphrase: 'wrong' },
      /cannot be decrypted: check the passphrase/,
    ],
    [
      'with white space after it',
      encrypted('ES256'),
      { passphrase: `${passphrase}\n` },
      /cannot be decrypted/,
    ],
    [
      'with an empty passphrase',
      encrypted('ES256'),
      { passphrase: '' },
      /passphrase must be a non-empty string/,
    ],
    ['with null', encrypted('ES256'), { passphrase: null }, /passphrase must be a non-empty string/],
    [
      'with a Buffer',
      encrypted('ES256'),
      { passphrase: Buffer.from(passphrase) },
      /must be a non-empty string/,
    ],
    [
      'with too long a passphrase',
      encrypted('ES256'),
      { passphrase: 'x'.repeat(5_000) },
      /cannot be decrypted/,
    ],
    [
      'when it is damaged',
      encrypted('ES256').replace(/\n.{10}/, '\n'),
      { passphrase },
      /cannot be decrypted/,
    ],
    ['for another algorithm', encrypted('ES256'), { passphrase, algorithm: 'ES384' }, /another curve/],
  ];
  for (const [name, pem, options, says] of refused) {
    it(`is refused ${name}`, async () => {
      await expectRefused(() => untypedKeySet.fromPem(pem, options), says, pem);
      await expectRefused(() => untypedKeySet.fromPem(pem, options), says, passphrase);
    });
  }

  for (const [name, pem] of [
    ['a private key', ec.privatePem],
    ['a public key', ec.publicPem],
  ] as const) {
    it(`is expected when there is a passphrase, not ${name}`, () =>
      expectRefused(
        () => KeySet.fromPem(pem, { passphrase }),
        /pem is not encrypted: leave passphrase out/,
        pem,
      ));
  }
});

describe('KeySet.fromPem without an algorithm', () => {
  for (const algorithm of ['ES256', 'ES384', 'ES512', 'EdDSA'] as const) {
    it(`pins a key on a curve to ${algorithm}, the only one that it has`, () => {
      const { privatePem, publicPem } = keyPairFor(algorithm);
      for (const pem of [privatePem, publicPem])
        expect(KeySet.fromPem(pem).find(undefined)?.algorithm).to.equal(algorithm);
    });
  }
});
