import type { Key } from '../keys/key';
import { copyOf } from '../util/copy-of';
import { parseStrictObject } from './strict-json';
import type { TokenType } from './token';

/** The media type of each token type, as in `typ` (RFC 9068, section 2.1). */
export const mediaTypes: Readonly<Record<TokenType, string>> = {
  access: 'at+jwt',
  refresh: 'rt+jwt',
  ticket: 'ticket+jwt',
};

const types: ReadonlyMap<string, TokenType> = new Map(
  Object.entries(mediaTypes).map(([type, name]) => [name, type as TokenType]),
);

/** The header of a token, after it was checked to be one that this library could have written. */
export interface VerifiedHeader<T> {
  readonly key: Key;
  readonly kid: string | undefined;
  readonly type: T;
}

/** What makes a header one that we did not write, for operators. */
export type HeaderFault = 'format' | 'kid' | 'alg' | 'typ' | 'crit';

/**
 * Parameters that change how the rest is read. None of them is ever needed (RFC 7515, 4.1.11; RFC 7797, 7; RFC 7516).
 */
export const rejectedParameters = ['crit', 'b64', 'zip', 'cty', 'enc'];

/** Half of a surrogate pair: JSON can write it, UTF-8 cannot (RFC 8259, section 8.2). */
const loneSurrogate = /\p{Cs}/u;

/** How many header texts are known at once. An issuer writes few. */
const maximumKnown = 64;

/**
 * Reads the protected headers of tokens. The key determines the algorithm, never vice versa (RFC 8725, section 3.1).
 * `jku`, `jwk`, `x5u` and `x5c` are not read (section 3.10).
 */
export class HeaderReader<T> {
  readonly #findKey: (kid: string | undefined) => Key | undefined;
  readonly #readType: (typ: unknown) => T | undefined;
  readonly #known = new Map<string, VerifiedHeader<T>>();

  /**
   * @param findKey returns the key for a `kid`, or undefined
   * @param readType returns the type for a `typ`, or undefined if it is not accepted. It always returns the same
   */
  constructor(
    findKey: (kid: string | undefined) => Key | undefined,
    readType: (typ: unknown) => T | undefined,
  ) {
    this.#findKey = findKey;
    this.#readType = readType;
  }

  /** A text that is known is not read again while its key is in use. */
  read(encoded: string): VerifiedHeader<T> | HeaderFault {
    const known = this.#known.get(encoded);
    return known && this.#findKey(known.kid) === known.key ? known : this.#read(encoded);
  }

  /** Remembers the header of a token whose signature is valid. Forged tokens must not fill the memory. */
  remember(encoded: string, header: VerifiedHeader<T>): void {
    if (this.#known.get(encoded) === header) return;
    if (this.#known.size === maximumKnown) this.#known.clear();
    this.#known.set(copyOf(encoded), header);
  }

  #read(encoded: string): VerifiedHeader<T> | HeaderFault {
    const header = parseStrictObject(encoded);
    if (!header || !hasPlainMembers(header)) return 'format';
    if (rejectedParameters.some((name) => Object.hasOwn(header, name))) return 'crit';
    const { kid, alg, typ } = header;
    if (kid !== undefined && typeof kid !== 'string') return 'kid';
    const key = this.#findKey(kid);
    if (!key) return 'kid';
    if (alg !== key.algorithm) return 'alg';
    const type = this.#readType(typ);
    return type === undefined ? 'typ' : { key, kid, type };
  }
}

function hasPlainMembers(header: Record<string, unknown>): boolean {
  return Object.entries(header).every(
    ([name, value]) =>
      name !== '__proto__' &&
      !loneSurrogate.test(name) &&
      !(typeof value === 'string' && loneSurrogate.test(value)),
  );
}

/** The token type that a `typ` names, whatever its case, with or without `application/` (RFC 7515, section 4.1.9). */
export function tokenTypeOf(typ: unknown): TokenType | undefined {
  if (typeof typ !== 'string') return undefined;
  return types.get(typ.toLowerCase().replace(/^application\//, ''));
}
