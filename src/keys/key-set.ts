import { randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto';
import { durationInSeconds } from '../util/duration';
import { readOptions } from '../util/options';
import { generatePrivatePem } from './generate';
import { keysFromJwks } from './sources/jwks';
import { checkAlgorithm, hashBytes, inCall, isSecretAlgorithm, reject } from './key';
import type { Algorithm, Key } from './key';
import { KeyRing } from './key-ring';
import { KeySetBase } from './key-set-base';
import { keysFromEnvironment } from './sources/environment';
import { keyOptionNames, type KeyFileOptions, type KeyOptions } from './sources/key-source';
import { FileFollower } from './sources/file-follower';
import { KeyFile } from './sources/key-file';
import { keyFromPem } from './sources/pem';
import { resolveRetirement, type RetireOptions } from './retirement';
import { secretKey } from './sources/secret';

/**
 * The keys of a manager: one signs, all verify. They are selected by `kid`, and each is pinned to one algorithm. Keys
 * are parsed and checked once, here, and never shown again.
 *
 * @example
 * ```ts
 * const keys = KeySet.fromPem(process.env.JWT_PRIVATE_KEY, { algorithm: 'ES256' });
 * const jwtManager = new JwtManager({ keys });
 * ```
 */
export class KeySet extends KeySetBase {
  #follower: FileFollower | undefined;

  private constructor(keys: readonly Key[]) {
    super(new KeyRing(keys));
  }

  /**
   * One secret for HMAC: at least as many random bytes as the hash has (RFC 7518, section 3.2). The default `kid` is
   * derived from the secret.
   *
   * The secret is used byte for byte. A text that starts or ends with white space, such as a file with a final
   * newline, is rejected: `trim()` it, or pass `createSecretKey(bytes)` of `node:crypto` if it belongs to the secret.
   *
   * @param secret a string is used as its UTF-8 bytes
   * @param options `algorithm`, 'HS256' by default; `kid`, of 1 to 64 characters A-Z a-z 0-9 . _ ~ -
   * @throws {@link ConfigurationError} if it is short, can be guessed (a placeholder, a pattern, a published secret),
   * only names where the secret is (a path, a URL, a variable), or is the text of another kind of key
   *
   * @example
   * ```ts
   * const keys = KeySet.fromSecret(process.env.JWT_SECRET_KEY, { algorithm: 'HS512' });
   * ```
   */
  static fromSecret(
    secret: string | Buffer | KeyObject | undefined,
    options: { algorithm?: 'HS256' | 'HS384' | 'HS512'; kid?: string } = {},
  ): KeySet {
    const { algorithm, kid } = readOptions('KeySet.fromSecret', options, ['algorithm', 'kid']);
    return inCall('KeySet.fromSecret', () => new KeySet([secretKey(secret, algorithm, kid)]));
  }

  /**
   * One private or public key, or a certificate, as PEM. White space around it and literal `\n`, as in environment
   * variables, are corrected. The default `kid` is the thumbprint of RFC 7638.
   *
   * @param pem PKCS#8, PKCS#1, SEC1, SPKI or a certificate; a private key also verifies
   * @param options `algorithm`, which is pinned to the key: required for RSA keys, others have only one, and an Ed25519
   * key is for `EdDSA` unless this is `Ed25519`; `kid`, of 1 to 64 characters A-Z a-z 0-9 . _ ~ -; `passphrase` of an encrypted key
   * @throws {@link ConfigurationError} if it cannot be read, is weak, or is not for the algorithm
   *
   * @example
   * ```ts
   * const keys = KeySet.fromPem(process.env.JWT_PUBLIC_KEY, { algorithm: 'RS256' });
   * ```
   */
  static fromPem(pem: string | Buffer | undefined, options: KeyOptions = {}): KeySet {
    const given = readOptions('KeySet.fromPem', options, keyOptionNames);
    return inCall('KeySet.fromPem', () => new KeySet([keyFromPem(pem, given)]));
  }

  /**
   * The keys of a JWK set (RFC 7517), as an object or its JSON. The first private key or secret signs.
   *
   * @param options `algorithm` of keys that do not name their `alg`
   * @throws {@link ConfigurationError} if a key is not for signatures, is weak, or two have the same `kid`
   *
   * @example
   * ```ts
   * const keys = KeySet.fromJwks(await readFile('jwks.json', 'utf8'));
   * ```
   */
  static fromJwks(
    jwks: { readonly keys: readonly JsonWebKey[] } | string,
    options: { algorithm?: Algorithm } = {},
  ): KeySet {
    const { algorithm } = readOptions('KeySet.fromJwks', options, ['algorithm']);
    return inCall('KeySet.fromJwks', () => new KeySet(keysFromJwks(jwks, algorithm)));
  }

  /**
   * The keys in an environment variable: a JWK set or a JWK as JSON, a PEM with real or literal newlines, or a secret. The
   * first key of a JWK set that can sign signs.
   *
   * @param options `algorithm` of a secret ('HS256' by default), of an RSA key as PEM, and of JWKs that name none; `kid` of
   *   a single key; `passphrase` of an encrypted PEM
   * @throws {@link ConfigurationError} that says what the variable was read as, and shows nothing of it
   *
   * @example
   * ```ts
   * const keys = KeySet.fromEnv('JWT_KEYS');
   * ```
   */
  static fromEnv(name: string, options: KeyOptions = {}): KeySet {
    return new KeySet(keysFromEnvironment(name, readOptions('KeySet.fromEnv', options, keyOptionNames)));
  }

  /**
   * The keys in a file, in any form that {@link KeySet.fromEnv} reads.
   *
   * With `reload`, the file is checked at this interval, and the set changes with it: tokens of a key that is no longer in
   * the file are rejected. While the file is missing or broken, the previous keys remain in use, and a process warning
   * `JwtKeyFileWarning` gives the reason once. A text that is read as a secret does not replace key pairs. Replace the
   * file by renaming a new one, so that it is never read half-way.
   *
   * @param options those of {@link KeySet.fromEnv}; `reload`, a duration of at least a second: not at all by default
   * @throws {@link ConfigurationError} that says what the file was read as, and shows nothing of it
   *
   * @example
   * ```ts
   * const keys = KeySet.fromFile('/run/secrets/jwks.json', { reload: '1m' });
   * ```
   */
  static fromFile(path: string, options: KeyFileOptions = {}): KeySet {
    const names = [...keyOptionNames, 'reload'];
    const { reload, ...keyOptions } = readOptions('KeySet.fromFile', options, names);
    const file = new KeyFile(path, keyOptions);
    const text = file.readSync();
    const keys = new KeySet(file.keysIn(text));
    if (reload !== undefined) {
      const seconds = durationInSeconds(reload, 'KeySet.fromFile: reload', { maximum: 86_400 });
      keys.#follower = new FileFollower(file, text, KeySetBase.ringOf(keys, 'fromFile'), seconds);
    }
    return keys;
  }

  /**
   * A new random key. Its tokens cannot be verified after the process ends. RSA keys have 2048 bits.
   *
   * @param options `kid`, of 1 to 64 characters A-Z a-z 0-9 . _ ~ -
   * @throws {@link ConfigurationError} if there is no such algorithm
   *
   * @example
   * ```ts
   * const keys = await KeySet.generate('ES256');
   * ```
   */
  static async generate(algorithm: Algorithm, options: { kid?: string } = {}): Promise<KeySet> {
    const { kid } = readOptions('KeySet.generate', options, ['kid']);
    checkAlgorithm(algorithm, 'KeySet.generate: algorithm');
    const key = isSecretAlgorithm(algorithm)
      ? secretKey(randomBytes(hashBytes[algorithm]), algorithm, kid)
      : keyFromPem(await generatePrivatePem(algorithm), { algorithm, kid });
    return new KeySet([key]);
  }

  /** @internal The option `secret` of a manager. */
  static forManager(secret: string | Buffer | KeyObject | undefined): KeySet {
    return inCall('JwtManager', () => new KeySet([secretKey(secret)]));
  }

  /** @internal A set without keys, for a manager that only verifies the tokens of others. */
  static empty(): KeySet {
    return new KeySet([]);
  }

  /**
   * Adds the keys of another set for verification only: this set's own key continues to sign. Use it to rotate your
   * own keys, since the manager accepts their tokens as its own. Keys of another issuer belong to another manager.
   *
   * @throws {@link ConfigurationError} if a `kid` is already in use, or secrets would mix with key pairs. Then
   * nothing is added
   *
   * @example
   * ```ts
   * const keys = KeySet.fromPem(process.env.JWT_PRIVATE_KEY, { algorithm: 'ES256' });
   * keys.add(KeySet.fromPem(process.env.JWT_PREVIOUS_KEY, { algorithm: 'ES256' }));
   * ```
   */
  add(other: KeySet): this {
    this.#changeable('add').add(KeySet.#given(other, 'add').keys);
    return this;
  }

  /**
   * Signs with the key of another set from now on. The previous keys still verify, so that tokens in use stay valid
   * until {@link KeySet.retire}. Secrets rotate in the same way.
   *
   * @throws {@link ConfigurationError} if the other set cannot sign, another key has its `kid`, or secrets would mix
   * with key pairs. Then nothing changes
   *
   * @example
   * ```ts
   * keys.rotate(KeySet.fromSecret(process.env.JWT_NEXT_KEY, { kid: '2026-12' }));
   * keys.retire('2026-11', { after: '30d' }); // the lifetime of a refresh token
   * ```
   */
  rotate(other: KeySet): this {
    const { keys, signer } = KeySet.#given(other, 'rotate');
    if (!signer)
      reject('KeySet.rotate: the other set only verifies. Pass one with a private key or a secret');
    this.#changeable('rotate').rotate(keys, signer);
    return this;
  }

  /**
   * Stops verifying with a key, immediately or later. Tokens that it signed are then rejected with 401.
   *
   * @param options `after`, a duration or a Date; immediately by default
   * @throws {@link ConfigurationError} if there is no such key, or if it is the signing key
   *
   * @example
   * ```ts
   * keys.retire('2026-01', { after: '30d' });
   * ```
   */
  retire(kid: string, options: RetireOptions = {}): this {
    this.#changeable('retire').retire(kid, resolveRetirement(options));
    return this;
  }

  /** Stops checking the file of {@link KeySet.fromFile}. The set keeps its keys. */
  close(): void {
    this.#follower?.stop();
    this.#follower = undefined;
  }

  /** The keys of another set are copied: a change of its file would not arrive. */
  static #given(other: KeySet, method: string): KeyRing {
    const ring = KeySetBase.ringOf(other, method);
    if (other.#follower)
      reject(
        `KeySet.${method}: the other set follows a file. Read it without reload, or give the manager that set`,
      );
    return ring;
  }

  /** Changes by code would be lost with the next change of the file. */
  #changeable(method: string): KeyRing {
    if (this.#follower) reject(`KeySet.${method}: this set follows a file. Change the file instead`);
    return KeySetBase.ringOf(this, method);
  }
}
