import { ownClaims } from '../claims/own';
import { instanceOfClaims, type ClaimsClass, type ClaimsVerdict } from '../claims/class';
import { isActor, isIdentity } from '../claims/forms';
import type { VerifiedClaims } from '../claims/registered';
import { because, ofOwner, TokenExpiredError, WrongTokenTypeError, type JwtError } from '../errors/errors';
import { unixTime, type Clock } from '../util/clock';
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

  /** @param profile whose tokens it verifies */
  constructor(settings: VerifierSettings<C>, profile: TokenProfile) {
    this.#settings = settings;
    this.#profile = profile;
    this.#findKey = (kid: string | undefined) => profile.keys.find(kid);
  }

  /** Only claims that have a class need to be waited for. */
  verify(text: unknown, expected: TokenType | 'any'): Token<C> | Promise<Token<C>> {
    const { type, claims } = this.#open(text);
    if (expected !== 'any' && type !== expected)
      throw about(claims, because(new WrongTokenTypeError(expected), 'typ'));
    this.#checkClaims(claims, type);
    const { claims: claimsClass, freshFor, clock } = this.#settings;
    const tokenWith = (typed: C) =>
      tokenOf({
        type,
        verified: asVerified(claims),
        claims: typed,
        raw: text as string,
        freshFor,
        clock,
      });
    if (!claimsClass) return tokenWith(ownClaims(claims) as C);
    return this.#typedClaims(claimsClass, claims).then(({ instance }) => tokenWith(instance));
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
  #open(text: unknown): { type: TokenType; claims: Record<string, unknown> } {
    const signed = openSigned(text, this.#findKey, this.#profile.typeOf);
    const claims = parseStrictObject(signed.claims);
    if (!claims) throw invalidToken('json');
    return { type: signed.type, claims: this.#profile.claimsOf(claims, text as string) };
  }

  #checkClaims(claims: Record<string, unknown>, type: TokenType): void {
    const fault = this.#faultIn(claims, type);
    if (fault === 'expired') throw about(claims, because(new TokenExpiredError(), fault));
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

/** Notes the identity of a rejected token for the event. Its signature is valid. */
function about<E extends JwtError>({ sub, jti, sid, act }: Record<string, unknown>, error: E): E {
  const owner = { identity: textIn(sub), tokenId: textIn(jti), sessionId: textIn(sid) };
  return ofOwner(error, isActor(act) ? { ...owner, actor: act.sub } : owner);
}

function textIn(claim: unknown): string | undefined {
  return isIdentity(claim) ? claim : undefined;
}
