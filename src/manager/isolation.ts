import { ConfigurationError } from '../errors/errors';
import type { KeySet } from '../keys/key-set';
import type { TrustedIssuerSettings } from './trusted-issuer-options';

/** An issuer, and whom its tokens are for. */
interface Party {
  readonly issuer: string | undefined;
  readonly audience: readonly string[] | undefined;
}

/** Whose tokens a manager accepts. */
interface Trust {
  readonly issuer: string | undefined;
  readonly keys: KeySet;
  readonly trustedIssuers: readonly TrustedIssuerSettings[];
}

/**
 * Checks that a manager can tell its own tokens from those of the issuers that it trusts, and keeps it so. Anyone who has a
 * key of the manager could issue tokens in its name (RFC 8725, section 3.8).
 *
 * @throws {@link ConfigurationError} if one of them has its name or one of its keys
 */
export function checkTrust({ issuer: ownIssuer, keys: own, trustedIssuers }: Trust): void {
  for (const { issuer, keys } of trustedIssuers) {
    if (issuer === ownIssuer)
      throw new ConfigurationError(
        `JwtManager: trustedIssuers must not contain '${issuer}', which is the issuer of the manager itself`,
      );
    if (keys?.sharesKeyWith(own))
      throw new ConfigurationError(
        `JwtManager: trustedIssuers must not share a key with the manager, and '${issuer}' does: it could issue tokens in the manager's name`,
      );
    keys?.keepApartFrom(own);
  }
}

/**
 * Why a token could be accepted by two managers, for developers. If none can, their keys are kept apart from now on.
 *
 * @returns undefined if there is no such token
 */
export function tokensInCommon(one: Trust & Party, other: Trust & Party): string | undefined {
  const accepted = [other, ...other.trustedIssuers];
  const trusted =
    one.trustedIssuers.find((issuer) => accepted.some((each) => isSame(issuer, each))) ??
    other.trustedIssuers.find((issuer) => isSame(issuer, one));
  if (trusted)
    return `accept the same tokens of '${trusted.issuer}'; give that issuer another audience in one of them`;
  if (!isSame(one, other)) return undefined;
  if (one.keys.sharesKeyWith(other.keys))
    return "accept each other's tokens, because they share a key, issuer and audience; give each its own key, or another issuer or audience";
  one.keys.keepApartFrom(other.keys);
  return undefined;
}

function isSame(one: Party, other: Party): boolean {
  return one.issuer === other.issuer && shareAudience(one.audience, other.audience);
}

function shareAudience(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one ? one.some((name) => other?.includes(name)) : other === undefined;
}
