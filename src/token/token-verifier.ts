import { instanceOfClaims, ownClaims, type ClaimsClass } from '../claims';
import { because, TokenExpiredError, TokenInvalidError, WrongTokenTypeError } from '../errors';
import type { KeySet } from '../keys/key-set';
import type { Clock } from '../util/clock';
import { hasSignatureOf } from './codec';
import { splitCompact } from './compact';
import { readHeader } from './header';
import { parseStrictObject } from './strict-json';
import { Token, type TokenType } from './token';
import { asVerified, faultInClaims } from './validate-claims';

/** What a verifier is made of; durations in seconds. */
export interface VerifierSettings<C extends object> {
  readonly keys: KeySet;
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly clockTolerance: number;
  readonly freshFor: number;
  readonly claimsClass: ClaimsClass<C> | undefined;
  readonly clock: Clock;
}

/**
 * Turns text into a {@link Token} or throws. No I/O: what only a store can know is asked elsewhere.
 * The order is fixed: shape, header, signature, JSON, type, claims; a forged token costs one signature check at most.
 */
export class TokenVerifier<C extends object> {
  readonly #settings: VerifierSettings<C>;
  readonly #findKey;

  constructor(settings: VerifierSettings<C>) {
    this.#settings = settings;
    this.#findKey = (kid: string | undefined) => settings.keys.find(kid);
  }

  async verify(text: unknown, expected: TokenType | 'any'): Promise<Token<C>> {
    const { type, claims } = this.#openSigned(text);
    if (expected !== 'any' && type !== expected) throw because(new WrongTokenTypeError(expected), 'typ');
    this.#checkClaims(claims, type);
    const { freshFor, clock } = this.#settings;
    const own = ownClaims(claims);
    return new Token<C>({
      type,
      verified: asVerified(claims),
      claims: this.#settings.claimsClass
        ? await this.#typedClaims(this.#settings.claimsClass, own)
        : (own as C),
      raw: text as string,
      freshFor,
      clock,
    });
  }

  /** Everything up to the signature, and the JSON that it covers. */
  #openSigned(text: unknown): { type: TokenType; claims: Record<string, unknown> } {
    const compact = splitCompact(text);
    if (!compact) throw invalid('format');
    const header = readHeader(compact.header, this.#findKey);
    if (typeof header === 'string') throw invalid(header);
    if (!hasSignatureOf(text as string, header.key)) throw invalid('signature');
    const claims = parseStrictObject(compact.claims);
    if (!claims) throw invalid('json');
    return { type: header.type, claims };
  }

  #checkClaims(claims: Record<string, unknown>, type: TokenType): void {
    const { issuer, audience, clockTolerance, clock } = this.#settings;
    const fault = faultInClaims(claims, type, { issuer, audience, clockTolerance, now: clock() / 1000 });
    if (fault === 'expired') throw because(new TokenExpiredError(), fault);
    if (fault) throw invalid(fault);
  }

  async #typedClaims(claimsClass: ClaimsClass<C>, own: Record<string, unknown>): Promise<C> {
    const typed = await instanceOfClaims(claimsClass, own, false);
    if (!typed) throw invalid('claims');
    return typed;
  }
}

function invalid(reason: string): TokenInvalidError {
  return because(new TokenInvalidError(), reason);
}
