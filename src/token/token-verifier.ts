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
import { unixTime, type Clock } from '../util/clock';
import { copyOf } from '../util/copy-of';
import { TokenCache } from './cache';
import { HeaderReader, type VerifiedHeader } from './header';
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

/** What is judged at one time. */
export interface Timed {
  /** Unix seconds. */
  now: number | undefined;
}

/**
 * Turns text into a {@link Token} or throws, without I/O. The store is queried elsewhere. The order is fixed: shape,
 * header, signature, JSON, type, claims. A forged token costs at most one signature check.
 */
export class TokenVerifier<C extends object> {
  readonly #settings: VerifierSettings<C>;
  readonly #profile: TokenProfile;
  readonly #headers: HeaderReader<TokenType>;
  readonly #cache: TokenCache<C> | undefined;

  /** @param profile whose tokens it verifies */
  constructor(settings: VerifierSettings<C>, profile: TokenProfile) {
    this.#settings = settings;
    this.#profile = profile;
    this.#cache = settings.cache > 0 ? new TokenCache(settings.cache) : undefined;
    this.#headers = new HeaderReader((kid) => profile.keys.find(kid), profile.typeOf);
  }

  /** A promise only if the claims have a class and the token is not known yet. */
  verify(text: unknown, expected: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    return this.known(text, expected) ?? this.verifyUnknown(text, expected);
  }

  /**
   * The token of a text that was verified before, if everything that may change since then still holds.
   *
   * @param text of a token, or one that was passed as `whole`
   * @param lead how many characters of it are in front of the token
   * @param timed gets the time at which it holds, so that the clock is not read again
   */
  known(text: unknown, expected: TokenType | 'any', lead = 0, timed?: Timed): Token<C> | undefined {
    if (!this.#cache || typeof text !== 'string') return undefined;
    const known = this.#cache.find(text);
    // A header of one place may be no token in another.
    if (!known || known.token.raw.length + lead !== text.length) return undefined;
    if (!isExpected(known.token.type, expected)) return undefined;
    // Not read earlier: a clock that fails must not change how any other token is rejected.
    const now = unixTime(this.#settings.clock);
    const isInTime = now >= known.validFrom && now < known.validUntil;
    if (!isInTime || this.#profile.keys.find(known.kid) !== known.key) {
      this.#cache.delete(text);
      return undefined;
    }
    if (timed) timed.now = now;
    return known.token;
  }

  /**
   * The same for a text that {@link TokenVerifier.known} does not know.
   *
   * @param whole the longer text by which it is to be known if it ends with it, such as a whole header
   */
  verifyUnknown(text: unknown, expected: TokenType | 'any', whole?: string): Token<C> | Promise<Token<C>> {
    const { header, claims } = this.#open(text);
    const { type } = header;
    if (!isExpected(type, expected))
      throw about(claims, withReason(new WrongTokenTypeError(expected), 'typ'));
    this.#checkClaims(claims, type);
    const { claims: claimsClass, freshFor, clock } = this.#settings;
    const verified = asVerified(claims);
    const tokenWith = (typed: C) => {
      const kept = this.#cache ? copyOf(endingWith(text as string, whole)) : (text as string);
      const raw = kept.slice(-(text as string).length);
      const token = tokenOf({ type, verified, claims: typed, raw, freshFor, clock });
      if (this.#cache) this.#remember(this.#cache, kept, token, header);
      return token;
    };
    if (!claimsClass) return tokenWith(ownClaims(claims) as C);
    return this.#typedClaims(claimsClass, claims).then(({ instance }) => tokenWith(instance));
  }

  #remember(
    cache: TokenCache<C>,
    text: string,
    token: Token<C>,
    { key, kid }: VerifiedHeader<TokenType>,
  ): void {
    const { clockTolerance, issueTolerance } = this.#settings;
    const { iat, nbf = iat, auth_time: authTime = iat, exp } = token.verifiedClaims();
    const validFrom = Math.max(iat, nbf, authTime) - issueTolerance;
    cache.add(text, { token, kid, key, validFrom, validUntil: exp + clockTolerance });
  }

  /**
   * The claims of a token for its revocation. It may have expired, and its claims may no longer match their class.
   */
  identify(text: unknown): { type: TokenType; claims: VerifiedClaims } {
    const { header, claims } = this.#open(text);
    const { type } = header;
    const fault = this.#faultIn(claims, type);
    if (fault && fault !== 'expired') throw about(claims, invalidToken(fault));
    return { type, claims: asVerified(claims) };
  }

  /** Everything up to the signature, and the JSON that it covers. */
  #open(text: unknown): { header: VerifiedHeader<TokenType>; claims: Record<string, unknown> } {
    const { header, claims: encoded } = openSigned(text, this.#headers);
    const claims = parseStrictObject(encoded);
    if (!claims) throw invalidToken('json');
    return { header, claims: this.#profile.claimsOf(claims, text as string) };
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

function endingWith(text: string, whole = text): string {
  return whole.endsWith(text) ? whole : text;
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

function textIn(claim: unknown): string | undefined {
  return isIdentity(claim) ? claim : undefined;
}
