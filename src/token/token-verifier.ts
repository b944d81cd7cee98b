import { ownClaims } from '../claims';
import { instanceOfClaims, type ClaimsClass, type ClaimsVerdict } from '../claims-class';
import { because, TokenExpiredError, WrongTokenTypeError } from '../errors';
import type { KeySet } from '../keys/key-set';
import { unixTime, type Clock } from '../util/clock';
import { tokenTypeOf } from './header';
import { invalidToken, openSigned } from './open-signed';
import { parseStrictObject } from './strict-json';
import { tokenOf, type Token, type TokenType } from './token';
import { asVerified, faultInClaims } from './validate-claims';

/** What a verifier is made of; durations in seconds. */
export interface VerifierSettings<C extends object> {
  readonly keys: KeySet;
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly clockTolerance: number;
  readonly freshFor: number;
  readonly hookTimeout: number;
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

  /** Only claims that have a class need to be waited for. */
  verify(text: unknown, expected: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    const { type, claims } = this.#open(text);
    if (expected !== 'any' && type !== expected) throw because(new WrongTokenTypeError(expected), 'typ');
    this.#checkClaims(claims, type);
    const { claimsClass, freshFor, clock } = this.#settings;
    const own = ownClaims(claims);
    const tokenWith = (typed: C) =>
      tokenOf({
        type,
        verified: asVerified(claims),
        claims: typed,
        raw: text as string,
        freshFor,
        clock,
      });
    if (!claimsClass) return tokenWith(own as C);
    return this.#typed(claimsClass, own).then(({ instance }) => tokenWith(instance));
  }

  /** Everything up to the signature, and the JSON that it covers. */
  #open(text: unknown): { type: TokenType; claims: Record<string, unknown> } {
    const signed = openSigned(text, this.#findKey, tokenTypeOf);
    const claims = parseStrictObject(signed.claims);
    if (!claims) throw invalidToken('json');
    return { type: signed.type, claims };
  }

  #checkClaims(claims: Record<string, unknown>, type: TokenType): void {
    const { issuer, audience, clockTolerance, clock } = this.#settings;
    const fault = faultInClaims(claims, type, { issuer, audience, clockTolerance, now: unixTime(clock) });
    if (fault === 'expired') throw because(new TokenExpiredError(), fault);
    if (fault) throw invalidToken(fault);
  }

  async #typed(claimsClass: ClaimsClass<C>, own: Record<string, unknown>): Promise<{ instance: C }> {
    const options = { strict: false, timeout: this.#settings.hookTimeout };
    let verdict: ClaimsVerdict<C>;
    try {
      verdict = await instanceOfClaims(claimsClass, own, options);
    } catch (cause) {
      throw invalidToken('claims', cause);
    }
    if ('misfits' in verdict) throw invalidToken('claims');
    return verdict;
  }
}
