import type { JsonWebKey } from 'node:crypto';
import { inspect } from 'node:util';
import { reject, type Key } from './key';
import type { KeyRing, SigningKey } from './key-ring';
import { publicJwks } from './public-jwk';

/** What a {@link KeySet} shows and finds. */
export class KeySetBase {
  readonly #ring: KeyRing;

  /** @internal */
  protected constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /**
   * The public halves of all keys as a JWK set (RFC 7517), for services that verify your tokens.
   *
   * @throws {@link ConfigurationError} when the keys are secrets, which have no public half
   */
  toJwks(): { keys: JsonWebKey[] } {
    return publicJwks(this.#ring.keys);
  }

  /** The names of all keys that verify, the first one first. */
  get kids(): readonly string[] {
    return this.#ring.keys.map(({ kid }) => kid);
  }

  /** The name of the key that signs. Undefined when the set only verifies. */
  get signingKid(): string | undefined {
    return this.#ring.signer?.kid;
  }

  /**
   * @internal Returns the key for the `kid` of a header, or without a `kid` the only key. Undefined once the key is
   * retired, until then always the same object.
   */
  find(kid: string | undefined): Key | undefined {
    return this.#ring.find(kid);
  }

  /** @internal Whether both sets have a key in common, by its material: its `kid` may differ. */
  sharesKeyWith(other: KeySetBase): boolean {
    return this.#ring.hasAny(other.#ring.keys);
  }

  /** @internal Lets neither set take a key of the other from now on: that throws where it is tried. */
  keepApartFrom(other: KeySetBase): void {
    this.#ring.avoid(other.#ring);
    other.#ring.avoid(this.#ring);
  }

  /** @internal Lets a ring take no key of this set. What others publish must not keep this set from taking a key. */
  keepOutOf(ring: KeyRing): void {
    ring.avoid(this.#ring);
  }

  /** @internal @throws {@link ConfigurationError} when no key of the set can sign */
  signer(): SigningKey {
    return this.#ring.signer ?? reject('KeySet: this set only verifies. Issuing tokens needs a private key');
  }

  /** What may be logged: no key. */
  toJSON(): object {
    const keys = this.#ring.keys.map(({ kid, algorithm }) => ({ kid, algorithm, key: '[redacted]' }));
    return { keys };
  }

  /** The same as text. */
  toString(): string {
    return `KeySet ${JSON.stringify(this)}`;
  }

  /** @hidden The same for `util.inspect`. */
  [inspect.custom](): string {
    return this.toString();
  }

  /** @internal @throws {@link ConfigurationError} when it is not a KeySet */
  protected static ringOf(keys: KeySetBase, method: string): KeyRing {
    return keys instanceof KeySetBase
      ? keys.#ring
      : reject(`KeySet.${method}: the argument must be a KeySet`);
  }
}
