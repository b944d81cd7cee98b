import type { KeyObject } from 'node:crypto';
import { isSecretAlgorithm, reject, type Key } from './key';
import { hasEnded, type Retirement } from './retirement';

/** A key that can sign. */
export type SigningKey = Key & { readonly signingKey: KeyObject };

/** The keys of a key set by `kid`: one signs, all verify. Each change is applied as a whole or not at all. */
export class KeyRing {
  #keys: ReadonlyMap<string, Key>;
  #signer: SigningKey | undefined;
  readonly #retirements = new Map<string, Retirement>();
  /** The rings that this one must have no key in common with. */
  readonly #avoided = new Set<KeyRing>();

  constructor(keys: readonly Key[]) {
    this.#keys = mapOf(keys);
    this.#signer = keys.find(canSign);
  }

  /** The key that signs, if there is one. */
  get signer(): SigningKey | undefined {
    return this.#signer;
  }

  /** The keys that verify, the oldest first. */
  get keys(): readonly Key[] {
    return [...this.#keys.values()].filter(({ kid }) => this.#isLive(kid));
  }

  /**
   * Returns the key for the `kid` of a header, or without a `kid` the only key. It is the same object for as long as
   * the key verifies.
   */
  find(kid: string | undefined): Key | undefined {
    if (kid !== undefined) {
      const isLive = this.#retirements.size === 0 || this.#isLive(kid);
      return isLive ? this.#keys.get(kid) : undefined;
    }
    const [only, another] = this.keys;
    return another ? undefined : only;
  }

  /** Takes no key of another ring from now on. */
  avoid(other: KeyRing): void {
    this.#avoided.add(other);
  }

  /** Whether one of these keys is in the ring, by its material: its `kid` may differ. */
  hasAny(keys: readonly Key[]): boolean {
    return this.keys.some(({ verifyingKey }) => keys.some((key) => key.verifyingKey.equals(verifyingKey)));
  }

  /** Adds keys that only verify. */
  add(keys: readonly Key[]): void {
    this.#replace([...this.keys, ...keys.map((key) => ({ ...key, signingKey: undefined }))]);
  }

  /** Adds keys, of which `signer` signs from now on. Keys that are there already stay. */
  rotate(keys: readonly Key[], signer: SigningKey): void {
    const current = this.keys.map((key) => (isSameKey(key, signer) ? signer : key));
    const added = keys.filter((key) => !current.some((known) => isSameKey(known, key)));
    this.#replace([...current, ...added]);
    this.#retirements.delete(signer.kid);
    this.#signer = signer;
  }

  /** Replaces all keys. A key that was there already remains the same object. A ring that signs continues to sign. */
  load(keys: readonly Key[], place: string): void {
    const known = this.keys;
    if (this.#signer && !keys.some(canSign)) reject(`${place} has no key that can sign`);
    // Any text can be read as a secret, and others may know it.
    if (known.some((key) => !isSecret(key)) && keys.some(isSecret))
      reject(
        `${place} was read as a secret, and the keys in use are key pairs. To change to secrets, restart`,
      );
    this.#replace(keys.map((key) => known.find((candidate) => isIdentical(candidate, key)) ?? key));
    this.#signer = [...this.#keys.values()].find(canSign);
  }

  /** Lets a key verify until `endsAt` only. */
  retire(kid: string, retirement: Retirement): void {
    const kids = this.keys.map((key) => key.kid);
    if (!kids.includes(kid))
      reject(`KeySet.retire: there is no key '${kid}'. The keys are: ${kids.join(', ')}`);
    if (kid === this.#signer?.kid)
      reject(`KeySet.retire: '${kid}' is the key that signs. Call rotate() with a new key first`);
    this.#retirements.set(kid, retirement);
  }

  #replace(keys: readonly Key[]): void {
    const previous = this.#keys;
    const next = mapOf(keys);
    if ([...this.#avoided].some((other) => other.hasAny(keys)))
      reject(
        'KeySet: a key is also one of another manager or trusted issuer, which could then issue tokens for this one',
      );
    this.#keys = next;
    for (const kid of [...this.#retirements.keys()])
      if (this.#keys.get(kid) !== previous.get(kid)) this.#retirements.delete(kid);
  }

  #isLive(kid: string): boolean {
    const retirement = this.#retirements.get(kid);
    return retirement === undefined || !hasEnded(retirement);
  }
}

function canSign(key: Key): key is SigningKey {
  return key.signingKey !== undefined;
}

function isSecret({ algorithm }: Key): boolean {
  return isSecretAlgorithm(algorithm);
}

/** Whether two entries have the same key. One of them may lack the private half. */
function isSameKey(one: Key, other: Key): boolean {
  return (
    one.kid === other.kid && one.algorithm === other.algorithm && one.verifyingKey.equals(other.verifyingKey)
  );
}

function isIdentical(one: Key, other: Key): boolean {
  return isSameKey(one, other) && canSign(one) === canSign(other);
}

function mapOf(keys: readonly Key[]): ReadonlyMap<string, Key> {
  checkSet(keys);
  return new Map(keys.map((key) => [key.kid, key]));
}

/** @throws {@link ConfigurationError} when keys cannot be in one set */
export function checkSet(keys: readonly Key[]): void {
  const kids = keys.map(({ kid }) => kid);
  const twice = kids.find((kid, index) => kids.indexOf(kid) !== index);
  if (twice !== undefined) reject(`two keys with the kid '${twice}': each key needs a kid of its own`);
  if (new Set(keys.map(isSecret)).size > 1)
    reject('a KeySet holds secrets or key pairs, not both: create a JwtManager for each');
}
