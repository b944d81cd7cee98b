import { ownClaims } from '../claims/own';
import { instanceOfClaims, type ClaimsClass, type ClaimsVerdict } from '../claims/class';
import { isActor, isIdentity } from '../claims/forms';
import type { VerifiedClaims } from '../claims/registered';
import {
  withReason,
  withOwner,
  TokenExpiredError,
  WrongTokenTypeError,
  type JwtError,
} from '../errors/errors';
import type { Key } from '../keys/key';
import { unixTime, type Clock } from '../util/clock';
import { TokenCache } from './cache';
import { invalidToken, openSigned } from './open-signed';
import type { TokenProfile } from './profile';
import { parseStrictObject } from './strict-json';
import { Token, tokenOf, type TokenType } from './token';
import { asVerified, faultInClaims, type ClaimsFault } from './validate-claims';

/** The parts of a verifier, durations in seconds. */
export interface VerifierSettings<C extends object> {
  readonly clockTolerance: number;
  readonly issueTolerance: number;
  readonly freshFor: number;
  readonly hookTimeout: number;
  readonly claims: ClaimsClass<C> | undefined;
  /** How many verified tokens are remembered; 0 for none. */
  readonly cache: number;
  readonly clock: Clock;
}

/**
 * Turns text into a {@link Token} or throws, without I/O. The store is queried elsewhere. The order is fixed: shape,
 * header, signature, JSON, type, claims. A forged token costs at most one signature check.
 */
export class TokenVerifier<C extends object> {
  readonly #settings: VerifierSettings<C>;
  readonly #profile: TokenProfile;
  readonly #findKey;
  readonly #cache: TokenCache<C> | undefined;

  /** @param profile whose tokens it verifies */
  constructor(settings: VerifierSettings<C>, profile: TokenProfile) {
    this.#settings = settings;
    this.#profile = profile;
    this.#cache = settings.cache > 0 ? new TokenCache(settings.cache) : undefined;
    this.#findKey = (kid: string | undefined) => profile.keys.find(kid);
  }

  /** A promise only if the claims have a class and the token is not known yet. */
  verify(text: unknown, expected: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    return this.known(text, expected) ?? this.#verify(text, expected);
  }

  /** The token of a text that was verified before, if everything that may change since then still holds. */
  known(text: unknown, expected: TokenType | 'any'): Token<C> | undefined {
    if (typeof text !== 'string') return undefined;
    const known = this.#cache?.find(text);
    if (!known) return undefined;
    const now = unixTime(this.#settings.clock);
    const isInTime = now >= known.validFrom && now < known.validUntil;
    if (!isInTime || this.#findKey(known.kid) !== known.key) {
      this.#cache?.delete(text);
      return undefined;
    }
    return isExpected(known.token.type, expected) ? known.token : undefined;
  }

  #verify(text: unknown, expected: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    const { type, key, kid, claims } = this.#open(text);
    if (!isExpected(type, expected))
      throw about(claims, withReason(new WrongTokenTypeError(expected), 'typ'));
    this.#checkClaims(claims, type);
    const { claims: claimsClass, freshFor, clock } = this.#settings;
    const verified = asVerified(claims);
    const tokenWith = (typed: C) => {
      const raw = this.#cache ? copyOf(text as string) : (text as string);
      const token = tokenOf({ type, verified, claims: typed, raw, freshFor, clock });
      this.#cache?.add(raw, { token, kid, key, ...this.#validityOf(verified) });
      return token;
    };
    if (!claimsClass) return tokenWith(ownClaims(claims) as C);
    return this.#typedClaims(claimsClass, claims).then(({ instance }) => tokenWith(instance));
  }

  #validityOf({ iat, nbf = iat, auth_time: authTime = iat, exp }: VerifiedClaims): {
    validFrom: number;
    validUntil: number;
  } {
    const { clockTolerance, issueTolerance } = this.#settings;
    return {
      validFrom: Math.max(iat, nbf, authTime) - issueTolerance,
      validUntil: exp + clockTolerance,
    };
  }

  /**
   * The claims of a token for its revocation. It may have expired, and its claims may no longer match their class.
   *
   * @param given the text or the verified token
   */
  identify(given: unknown): { type: TokenType; claims: VerifiedClaims } {
    const { type, claims } = this.#open(given instanceof Token ? given.raw : given);
    const fault = this.#faultIn(claims, type);
    if (fault && fault !== 'expired') throw about(claims, invalidToken(fault));
    return { type, claims: asVerified(claims) };
  }

  /** Everything up to the signature, and the JSON that it covers. */
  #open(text: unknown): {
    type: TokenType;
    key: Key;
    kid: string | undefined;
    claims: Record<string, unknown>;
  } {
    const signed = openSigned(text, this.#findKey, this.#profile.typeOf);
    const claims = parseStrictObject(signed.claims);
    if (!claims) throw invalidToken('json');
    return { ...signed, claims: this.#profile.claimsOf(claims, text as string) };
  }

  #checkClaims(claims: Record<string, unknown>, type: TokenType): void {
    const fault = this.#faultIn(claims, type);
    if (fault === 'expired') throw about(claims, withReason(new TokenExpiredError(), fault));
    if (fault) throw about(claims, invalidToken(fault));
  }

  #faultIn(claims: Record<string, unknown>, type: TokenType): ClaimsFault | undefined {
    const { clockTolerance, issueTolerance, clock } = this.#settings;
    const { issuer, audience, longestTtl } = this.#profile;
    const times = { longestTtl, clockTolerance, issueTolerance, now: unixTime(clock) };
    return faultInClaims(claims, type, { issuer, audience, ...times });
  }

  async #typedClaims(claimsClass: ClaimsClass<C>, claims: Record<string, unknown>): Promise<{ instance: C }> {
    const options = { strict: false, timeout: this.#settings.hookTimeout };
    let verdict: ClaimsVerdict<C>;
    try {
      verdict = await instanceOfClaims(claimsClass, ownClaims(claims), options);
    } catch (cause) {
      throw about(claims, invalidToken('claims', cause));
    }
    if ('misfits' in verdict) throw about(claims, invalidToken('claims'));
    return verdict;
  }
}

/** A ticket is for its purpose alone, so it is not one of any. */
function isExpected(type: TokenType, expected: TokenType | 'any'): boolean {
  return expected === 'any' ? type !== 'ticket' : type === expected;
}

/** Notes the identity of a rejected token for the event. Its signature is valid. */
function about<E extends JwtError>({ sub, jti, sid, act }: Record<string, unknown>, error: E): E {
  const owner = { identity: textIn(sub), tokenId: textIn(jti), sessionId: textIn(sid) };
  return withOwner(error, isActor(act) ? { ...owner, actor: act.sub } : owner);
}

/** A part of a longer text, such as a header with many cookies, keeps all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function textIn(claim: unknown): string | undefined {
  return isIdentity(claim) ? claim : undefined;
}
