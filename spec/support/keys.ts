import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { KeyPairAlgorithm } from '../../src/keys/key';

/** A key pair in the forms that specs need. */
export interface TestKeyPair {
  readonly privatePem: string;
  readonly publicPem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const made = new Map<string, TestKeyPair>();

/** The key pair of an algorithm, created at first use: one RSA key for all RS and PS, one EC key for each ES. */
export function keyPairFor(algorithm: KeyPairAlgorithm): TestKeyPair {
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return testKeyPair('ed25519', {});
  const curve = curves[algorithm];
  return curve === undefined ? rsaKeyPair() : ecKeyPair(curve);
}

/** An RSA key pair; 2048 bits take a moment, so that there is one of each size. */
export function rsaKeyPair(modulusLength = 2048): TestKeyPair {
  return testKeyPair('rsa', { modulusLength });
}

/** A key pair on a curve. */
export function ecKeyPair(namedCurve: string): TestKeyPair {
  return testKeyPair('ec', { namedCurve });
}

/** A key pair of any kind and its options, as Node names them. */
export function testKeyPair(type: string, options: object): TestKeyPair {
  const name = JSON.stringify([type, options]);
  const pair = made.get(name) ?? generate(type, options);
  made.set(name, pair);
  return pair;
}

/** The key as a JWK, with the members given beside its own; one that is undefined is left out. */
export function jwkOf(key: KeyObject, members: object = {}): JsonWebKey {
  return JSON.parse(JSON.stringify({ ...key.export({ format: 'jwk' }), ...members })) as JsonWebKey;
}

/** To PEM and back: exporting a KeyObject that was generated just now can hang on Node 20. */
function generate(type: string, options: object): TestKeyPair {
  const generatePems = generateKeyPairSync as unknown as (
    type: string,
    options: object,
  ) => { privateKey: string; publicKey: string };
  const { privateKey: privatePem, publicKey: publicPem } = generatePems(type, {
    ...options,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    privatePem,
    publicPem,
    privateKey: createPrivateKey(privatePem),
    publicKey: createPublicKey(publicPem),
  };
}
