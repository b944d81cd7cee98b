import { checkedOwnClaims } from '../claims/own';
import { instanceOfClaims, type ClaimsClass } from '../claims/class';
import { isIdentity } from '../claims/forms';
import type { VerifiedClaims } from '../claims/registered';
import { ConfigurationError } from '../errors/errors';
import type { KeySet } from '../keys/key-set';
import { randomId } from '../util/random-id';
import { TimeoutError } from '../util/within';
import { signClaims } from './codec';
import { mediaTypes } from './header';
import type { TokenLimit } from './token-limit';
import type { TokenType } from './token';
import { lengthOfToken } from './token-length';
import { isAudience } from './validate-claims';

/** The parts of an issuer. */
export interface IssuerSettings<C extends object> {
  readonly keys: KeySet;
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
  readonly hookTimeout: number;
  readonly claims: ClaimsClass<C> | undefined;
  readonly maxTokenLength: TokenLimit;
}

/** The contents that all tokens of one login share. */
export interface TokenContents {
  readonly identity: string;
  /** The application's own claims, and the registered ones that a refresh carries over. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Of the access tokens, instead of the issuer's. */
  readonly audience?: readonly string[] | undefined;
}

/** The contents of one token, times in Unix seconds. */
export interface TokenFrame {
  readonly type: TokenType;
  /** `jti`, random if absent. */
  readonly id?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly generation?: number | undefined;
  /** The absolute end of the session. */
  readonly sessionEnd?: number | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A signed token, with the claims that went into it. */
export interface IssuedToken {
  readonly text: string;
  readonly claims: VerifiedClaims;
}

/** Creates signed tokens. */
export class TokenIssuer<C extends object> {
  readonly #settings: IssuerSettings<C>;

  constructor(settings: IssuerSettings<C>) {
    this.#settings = settings;
  }

  /** The application's claims, checked for a token: as JSON, and against their class where there is one. */
  async ownClaims(claims: C | undefined): Promise<Record<string, unknown>> {
    const own = claims === undefined ? {} : checkedOwnClaims(claims);
    const { claims: claimsClass } = this.#settings;
    const misfit = claimsClass && (await this.#misfit(claimsClass, own));
    if (misfit !== undefined) throw new ConfigurationError(misfit);
    return own;
  }

  /** Why the claims do not match their class, for developers, or undefined if they do. */
  async #misfit(claimsClass: ClaimsClass<C>, own: Record<string, unknown>): Promise<string | undefined> {
    const start = `claims do not fit ${claimsClass.name}:`;
    const options = { strict: true, timeout: this.#settings.hookTimeout };
    try {
      const verdict = await instanceOfClaims(claimsClass, own, options);
      return 'misfits' in verdict
        ? `${start} see its decorators for ${verdict.misfits.join(', ')}`
        : undefined;
    } catch (cause) {
      // A decorator that throws or takes too long rejects the claims.
      return cause instanceof TimeoutError
        ? `${start} its decorators took longer than hookTimeout`
        : `${start} one of its decorators, or its constructor, threw`;
    }
  }

  /** @throws {@link ConfigurationError} when no key can sign, or identity or claims cannot go into a token */
  issue(contents: TokenContents, frame: TokenFrame): IssuedToken {
    const claims = this.#claims(contents, frame);
    const text = signClaims(claims, mediaTypes[frame.type], this.#settings.keys.signer());
    this.#checkLength(text.length, frame);
    return { text, claims };
  }

  /** Finds out without signing whether {@link TokenIssuer.issue} would throw, and throws the same. */
  check(contents: TokenContents, frame: TokenFrame): void {
    const claims = this.#claims(contents, frame);
    this.#checkLength(lengthOfToken(claims, mediaTypes[frame.type], this.#settings.keys.signer()), frame);
  }

  #checkLength(length: number, frame: TokenFrame): void {
    const { length: limit } = this.#settings.maxTokenLength;
    const excess = length + roomFor(frame) - limit;
    if (excess > 0) {
      throw new ConfigurationError(
        `claims are too large: the token would have ${String(excess)} characters more than the ${String(limit)} that it may have`,
      );
    }
  }

  #claims(contents: TokenContents, frame: TokenFrame): VerifiedClaims {
    checkIdentity(contents.identity);
    const { issuer } = this.#settings;
    const { sessionId, generation, sessionEnd } = frame;
    const { audience, accessAudience } = this.#audiences(contents, frame);
    return {
      ...contents.claims,
      sub: contents.identity,
      jti: frame.id ?? randomId(),
      iat: frame.issuedAt,
      nbf: frame.issuedAt,
      exp: frame.expiresAt,
      ...(sessionId !== undefined && { sid: sessionId }),
      ...(generation !== undefined && { gen: generation }),
      ...(sessionEnd !== undefined && { sxp: sessionEnd }),
      ...(issuer !== undefined && { iss: issuer }),
      ...(audience && { aud: asClaim(audience) }),
      ...(accessAudience && { access_aud: asClaim(accessAudience) }),
    };
  }

  /** A refresh token is for its own manager, whomever the access tokens are for: it remembers that. */
  #audiences(
    { audience: asked }: TokenContents,
    { type }: TokenFrame,
  ): Partial<Record<'audience' | 'accessAudience', readonly string[] | undefined>> {
    const { audience } = this.#settings;
    if (!asked || type === 'access' || isAudience(asked, audience)) return { audience: asked ?? audience };
    return { audience, accessAudience: asked };
  }
}

/** @throws {@link ConfigurationError} when it cannot be a `sub` */
export function checkIdentity(identity: unknown): asserts identity is string {
  if (!isIdentity(identity))
    throw new ConfigurationError(
      'identity must be a string of 1 to 255 characters without control characters',
    );
}

function asClaim(names: readonly string[]): string | readonly string[] {
  return names.length === 1 ? (names[0] as string) : names;
}

/** A session must not die of its success: `gen` grows by nine digits at the most, twelve characters of the text. */
function roomFor({ generation }: TokenFrame): number {
  return generation === 0 ? 12 : 0;
}
