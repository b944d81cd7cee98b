import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { KeySet } from '../../src/keys/key-set';
import { certificatePem } from '../support/key-files';
import { keyPairFor } from '../support/keys';
import { expectRefused, untypedKeySet } from '../support/refused-key';

const rsa = keyPairFor('RS256');
const ec = keyPairFor('ES256');

function pem(key: KeyObject, type: 'pkcs1' | 'sec1'): string {
  return String(key.export({ format: 'pem', type }));
}

describe('PEM texts', () => {
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  const forms: [string, string, 'RS256' | 'ES256', boolean][] = [
    ['SPKI', rsa.publicPem, 'RS256', false],
    ['PKCS#8', rsa.privatePem, 'RS256', true],
    ['public PKCS#1', pem(rsa.publicKey, 'pkcs1'), 'RS256', false],
    ['private PKCS#1', pem(rsa.privateKey, 'pkcs1'), 'RS256', true],
    ['EC SPKI', ec.publicPem, 'ES256', false],
    ['EC PKCS#8', ec.privatePem, 'ES256', true],
    ['SEC1', pem(ec.privateKey, 'sec1'), 'ES256', true],
    ['SEC1 after its parameters', parameters + pem(ec.privateKey, 'sec1'), 'ES256', true],
    ['a comment that speaks of a PRIVATE KEY', `friendlyName: PRIVATE KEY\n${ec.publicPem}`, 'ES256', false],
  ];
  const garments: [string, (text: string) => string | Buffer][] = [
    ['as it is', (text) => text],
    ['in a Buffer', (text) => Buffer.from(text)],
    ['after a byte order mark', (text) => `\uFEFF${text}`],
    ['between white space', (text) => ` \n\t${text}\n \n`],
    ['without the last line break', (text) => text.trim()],
    ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['with literal \\n', (text) => text.replaceAll('\n', '\\n')],
    ['with literal \\r\\n', (text) => text.replaceAll('\n', '\\r\\n')],
  ];
  for (const [form, text, algorithm, isPrivate] of forms) {
    for (const [garment, dressed] of garments) {
      it(`are read: ${form}, ${garment}`, () => {
        const key = KeySet.fromPem(dressed(text), { algorithm }).find(undefined);
        const { publicKey, privateKey } = keyPairFor(algorithm);
        expect(key?.algorithm).to.equal(algorithm);
        expect(key?.verifyingKey.equals(publicKey)).to.equal(true);
        expect(key?.signingKey?.equals(privateKey)).to.equal(isPrivate || undefined);
      });
    }
  }

  it('are read: a certificate, for the key in it', () => {
    const keys = KeySet.fromPem(certificatePem, { algorithm: 'ES256' });
    const { publicKey } = new X509Certificate(certificatePem);
    expect(keys.find(undefined)?.verifyingKey.equals(publicKey)).to.equal(true);
    expect(() => keys.signer()).to.throw('only verifies');
  });

  const encrypted = (type: 'pkcs8' | 'pkcs1') =>
    String(rsa.privateKey.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: 'open' }));
  const refused: [string, unknown, RegExp][] = [
    ['none', undefined, /missing\. Is the environment variable set/],
    ['an empty string', '', /missing\. Is the environment variable set/],
    ['an empty Buffer', Buffer.alloc(0), /has no key/],
    ['null', null, /must be a string or a Buffer/],
    ['a KeyObject', rsa.publicKey, /must be a string or a Buffer/],
    ['a list', [rsa.publicPem], /must be a string or a Buffer/],
    ['text without a key', 'Wk3vXz8LqTfR1yNbPm5sHd0uGcJa7oEi', /has no key/],
    ['DER', rsa.publicKey.export({ format: 'der', type: 'spki' }), /has no key/],
    ['an encrypted PKCS#8 key', encrypted('pkcs8'), /pem is encrypted: pass its passphrase/],
    ['an encrypted PKCS#1 key', encrypted('pkcs1'), /pem is encrypted: pass its passphrase/],
    ['two keys', rsa.publicPem + ec.publicPem, /more than one key/],
    ['a private key with its public key', rsa.privatePem + rsa.publicPem, /more than one key/],
    ['a private key with its certificate', ec.privatePem + certificatePem, /more than one key/],
    ['half a key', rsa.privatePem.slice(0, 400), /cannot be read/],
    ['a key without its last line', rsa.publicPem.replace(/-----END.*/, ''), /cannot be read/],
    ['a key whose bytes are cut', rsa.publicPem.replace(/\n.{10}/, '\n'), /cannot be read/],
    ['a key on one line', rsa.publicPem.replaceAll('\n', ' '), /cannot be read: is it whole, with its lines/],
    ['parameters alone', parameters, /has no key/],
    [
      'a request for a certificate',
      '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----',
      /cannot/,
    ],
    [
      'an OpenSSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----',
      /cannot be read/,
    ],
  ];
  for (const [name, text, says] of refused) {
    it(`are refused: ${name}`, () => {
      const material = typeof text === 'string' ? text.replace(/^.*-----BEGIN/s, '-----BEGIN') : '';
      return expectRefused(() => untypedKeySet.fromPem(text, { algorithm: 'RS256' }), says, material);
    });
  }

  it('are not read with options that do not exist', () =>
    expectRefused(
      () => untypedKeySet.fromPem(rsa.publicPem, { algorithm: 'RS256', password: 'open' }),
      /no option 'password'; there are: algorithm, kid, passphrase/,
    ));

  it('are named by the thumbprint of the public key, whichever half they hold', () => {
    for (const algorithm of ['RS256', 'PS512', 'ES256', 'ES384', 'ES512'] as const) {
      const { publicPem, privatePem } = keyPairFor(algorithm);
      const [ofPublic] = KeySet.fromPem(publicPem, { algorithm }).kids;
      const [ofPrivate] = KeySet.fromPem(privatePem, { algorithm }).kids;
      expect(ofPublic).to.match(/^[A-Za-z0-9_-]{43}$/);
      expect(ofPrivate).to.equal(ofPublic);
    }
  });

  it('take the name that they are given', () => {
    expect(KeySet.fromPem(ec.publicPem, { algorithm: 'ES256', kid: 'main' }).kids).to.deep.equal(['main']);
  });

  it('are parsed once: what signs and verifies is a KeyObject', () => {
    const { signingKey, verifyingKey } = KeySet.fromPem(ec.privatePem, { algorithm: 'ES256' }).signer();
    expect([signingKey.type, verifyingKey.type]).to.deep.equal(['private', 'public']);
    expect(verifyingKey.equals(createPublicKey(ec.publicPem))).to.equal(true);
  });
});
