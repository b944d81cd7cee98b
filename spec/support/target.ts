import { constants, createHmac, createSecretKey, sign, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { JwtManager, KeySet, type Algorithm, type JwtManagerOptions, type Token } from '../../src';
import { reasonFor, TokenInvalidError } from '../../src/errors/errors';
import type { KeyPairAlgorithm } from '../../src/keys/key';
import { encode } from './forge';
import { keyPairFor, testKeyPair } from './keys';
import { otherSecret, secret, testClock, type TestClock } from './manager';
import { refusalOf } from './rejected';

/** A manager under attack, and the key that an attacker would like to have. */
export interface Target {
  readonly algorithm: Algorithm;
  readonly manager: JwtManager;
  readonly key: KeyObject;
  readonly clock: TestClock;
  /** Unix seconds of the clock at the start. */
  readonly now: number;
  /** A header that the manager takes, with changes; a member that is undefined is left out. */
  readonly header: (changes?: object) => Record<string, unknown>;
  /** Claims that the manager takes, with changes. */
  readonly claims: (changes?: object) => Record<string, unknown>;
  /** A token with the manager's own signature, whatever it says; text and bytes go in as they are. */
  readonly sign: (header: unknown, claims: unknown) => string;
}

/** The `kid` of every target's key. */
export const targetKid = 'key-1';

/** A manager with one key for the algorithm, whose clock stands still. */
export function targetFor(algorithm: Algorithm, options: Partial<JwtManagerOptions> = {}): Target {
  const isSecret = algorithm.startsWith('HS');
  const clock = testClock();
  const now = clock() / 1000;
  const key = isSecret
    ? createSecretKey(Buffer.from(secret.repeat(2)))
    : keyPairFor(algorithm as KeyPairAlgorithm).privateKey;
  return {
    algorithm,
    manager: new JwtManager({ keys: keysFor(algorithm), clock, ...options }),
    key,
    clock,
    now,
    header: (changes = {}) => ({ alg: algorithm, typ: 'at+jwt', kid: targetKid, ...changes }),
    claims: (changes = {}) => ({
      sub: 'ada',
      jti: 'token-1',
      iat: now,
      nbf: now,
      exp: now + 900,
      ...changes,
    }),
    sign: (header, claims) => signToken(algorithm, header, claims, key),
  };
}

/** A key of each family beside the one that is attacked; made with options of their own, so that they differ from it. */
function neighbours(): KeySet[] {
  const rsa = testKeyPair('rsa', { modulusLength: 2056 }).privatePem;
  const ec = testKeyPair('ec', { namedCurve: 'prime256v1' }).privatePem;
  return [
    KeySet.fromPem(rsa, { algorithm: 'RS256', kid: 'neighbour-rsa' }),
    KeySet.fromPem(ec, { algorithm: 'ES256', kid: 'neighbour-ec' }),
    KeySet.fromPem(testKeyPair('ed25519', {}).privatePem, { algorithm: 'EdDSA', kid: 'neighbour-ed' }),
  ];
}

/** A target whose key is one of several. Secrets are not mixed with key pairs. */
export function targetAmongOthers(algorithm: Algorithm): Target {
  const keys = keysFor(algorithm);
  const others = algorithm.startsWith('HS')
    ? [KeySet.fromSecret(otherSecret, { kid: 'neighbour-secret' })]
    : neighbours();
  for (const other of others) keys.add(other);
  return targetFor(algorithm, { keys });
}

/** A target whose key is one of several of an issuer that the manager trusts. */
export function targetOfIssuer(algorithm: Algorithm): Target {
  const issuer = 'https://login.test';
  const keys = keysFor(algorithm);
  for (const other of neighbours()) keys.add(other);
  const target = targetFor(algorithm, {
    keys: KeySet.fromSecret(otherSecret),
    issuer: 'https://ours.test',
    trustedIssuers: [{ issuer, audience: 'api', keys }],
  });
  target.manager.on('rejected', () => undefined);
  const claims = (changes: object = {}) => target.claims({ iss: issuer, aud: 'api', ...changes });
  return { ...target, claims };
}

/** The same keys as a set of their own. */
export function keysFor(algorithm: Algorithm, kid = targetKid): KeySet {
  return algorithm.startsWith('HS')
    ? KeySet.fromSecret(secret.repeat(2), { algorithm: algorithm as 'HS256', kid })
    : KeySet.fromPem(keyPairFor(algorithm as KeyPairAlgorithm).privatePem, { algorithm, kid });
}

/** A token whose signature is made as the algorithm says, whatever its header says. */
export function signToken(
  algorithm: string,
  header: unknown,
  claims: unknown,
  key: KeyObject | string | Buffer,
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signatureOf(algorithm, signed, key).toString('base64url')}`;
}

/** The signature of a text. */
export function signatureOf(algorithm: string, text: string, key: KeyObject | string | Buffer): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('HS')) return createHmac(hash, key).update(text).digest();
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return sign(null, Buffer.from(text), key);
  return sign(hash, Buffer.from(text), {
    key: key as KeyObject,
    dsaEncoding: 'ieee-p1363',
    ...(algorithm.startsWith('PS') && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  });
}

/** Expects the one refusal that a bad token gets, and that it was refused for the reason that the case is about. */
export async function expectInvalid(
  manager: JwtManager,
  text: unknown,
  reason: string | readonly string[],
): Promise<void> {
  const error = await refusalOf(manager.verify(text as string, { type: 'any' }), TokenInvalidError);
  expect(error.toJSON()).to.deep.equal({ msg: 'Token is invalid', code: 'ERR_JWT_INVALID' });
  expect(error.stack).to.equal(undefined);
  expect([reason].flat()).to.include(reasonFor(error).reason);
}

/** Expects that the manager takes a token: without it, a table of refusals proves nothing. */
export async function expectTaken(manager: JwtManager, text: string): Promise<Token> {
  const token = await manager.verify(text, { type: 'any' });
  expect(token.identity).to.equal('ada');
  return token;
}
