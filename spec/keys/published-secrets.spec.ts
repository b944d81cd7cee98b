import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { KeySet } from '../../src';
import { isGuessable } from '../../src/keys/guessable';
import { publishedSecrets } from '../../src/keys/published-secrets';
import { isFull } from '../support/full';
import { expectRefused } from '../support/refused-key';

/** Each of these stands on a page that everyone reads; no rule finds it, only the list does. */
const famous: [string, string][] = [
  [
    'of RFC 7515, appendix A.1',
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  ],
  ['of RFC 7520, section 3.5', 'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg'],
  ['of RFC 7520, section 3.6', 'AAPapAv4LbFbiVawEjagUBluYqN5rhna-8nuldDvOx8'],
  ['of RFC 8392, appendix A.2.1', '231f4c4d4d3051fdc2ec0a3851d5b383'],
  ['of RFC 8392, appendix A.2.2', '403697de87af64611c1d32a05dab0fe1fcb715a86ab435f1ec99192d79569388'],
  [
    'of RFC 9421, appendix B.1.5',
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
  ],
  ['of RFC 7636', 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'],
  ['of RFC 8037', '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'],
  ["of FastAPI's tutorial", '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7'],
  ["of jose's documentation", 'cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2'],
  ["of Directus's documentation", '6116487b-cda1-52c2-b5b5-c8022c45e263'],
  ["of LibreChat's example", 'eaa5191f2914e30b9387fd84e254e4ba6fc51b4654968a9b0803b456a54b8418'],
  ['of a tutorial for C#', 'b14ca5898a4e4133bbce2ea2315a1916'],
  ["of uuid's documentation", '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d'],
  ['of NIST for AES', '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'],
  ['that is the SHA-256 of "secret"', createHash('sha256').update('secret').digest('hex')],
  ['that is the MD5 of nothing', 'd41d8cd98f00b204e9800998ecf8427e'],
];

describe('the list of published secrets', () => {
  const entries = [...publishedSecrets];

  it('has entries of 48 bits each, in order', () => {
    expect(entries).to.have.length(1753);
    expect(entries.filter((entry) => !/^[\w-]{8}$/.test(entry))).to.be.empty;
    expect(entries).to.deep.equal([...entries].sort());
  });

  for (const [name, secret] of famous) {
    it(`has the secret ${name}`, async () => {
      for (const form of [secret, secret.toUpperCase(), Buffer.from(secret)])
        await expectRefused(
          () => KeySet.fromSecret(form),
          /^KeySet.fromSecret: secret can be guessed/,
          secret,
        );
    });
  }

  it('has the bytes that a published text encodes', async () => {
    const encoded: [name: string, BufferEncoding][] = [
      ...(
        ['of RFC 7515', 'of RFC 7520, section 3.5', 'of RFC 7520, section 3.6', 'of RFC 7636'] as const
      ).map((name): [string, BufferEncoding] => [name, 'base64url']),
      ['of RFC 9421', 'base64'],
      ['of RFC 8037', 'hex'],
      ['of RFC 8392, appendix A.2.2', 'hex'],
    ];
    for (const [name, encoding] of encoded) {
      const [, text = ''] = famous.find(([each]) => each.startsWith(name)) ?? [];
      const bytes = Buffer.from(text, encoding);
      await expectRefused(() => KeySet.fromSecret(bytes), /can be guessed/, text);
      const jwk = { kty: 'oct', alg: 'HS256', k: bytes.toString('base64url') };
      await expectRefused(() => KeySet.fromJwks({ keys: [jwk] }), /can be guessed/, text);
    }
  });

  it("need not have those of jwt.io's examples, which a rule finds", async () => {
    const secrets = [
      'your-256-bit-secret'.repeat(4),
      'a-string-secret-at-least-256-bits-long',
      'a-valid-string-secret-that-is-at-least-384-bits-long',
      'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
    ];
    for (const secret of secrets)
      await expectRefused(
        () => KeySet.fromSecret(secret),
        /^KeySet.fromSecret: secret can be guessed/,
        secret,
      );
  });

  it('has no secret that differs in one character', () => {
    for (const [, secret] of famous)
      expect(isGuessable(Buffer.from(`${secret.slice(0, -1)}x`))).to.equal(false);
  });

  const count = isFull ? 20_000 : 1000;
  it(`has none of ${String(count)} random secrets`, () => {
    const spellings = ['hex', 'base64', 'base64url', 'latin1'] as const;
    const random = Array.from({ length: count }, (_, index) =>
      Buffer.from(randomBytes(32).toString(spellings[index % spellings.length])),
    );
    expect(random.filter((secret) => isGuessable(secret)).map(String)).to.be.empty;
  });
});
