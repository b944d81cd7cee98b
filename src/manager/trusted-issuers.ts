import type { KeySet } from '../keys/key-set';
import { KeyFetcher } from '../keys/remote/key-fetcher';
import { RemoteKeys } from '../keys/remote/remote-keys';
import { splitCompact, type CompactToken } from '../token/compact';
import type { KeyFinder, TokenProfile } from '../token/profile';
import { parseStrictObject } from '../token/strict-json';
import type { Token, TokenType } from '../token/token';
import { TokenVerifier, type VerifierSettings } from '../token/token-verifier';
import { trustedProfile } from '../token/trusted-profile';
import type { TrustedIssuerSettings } from './trusted-issuer-options';

/** Verifies the tokens of one trusted issuer. */
interface TrustedReader<C extends object> {
  verify(text: unknown, expected: TokenType | 'any'): Token<C> | Promise<Token<C>>;
  readonly identify: TokenVerifier<C>['identify'];
}

/** The issuers that a manager trusts besides itself. */
export class TrustedIssuers<C extends object> {
  readonly #readers: ReadonlyMap<unknown, TrustedReader<C>>;

  constructor(issuers: readonly TrustedIssuerSettings[], settings: VerifierSettings<C>, own: KeySet) {
    this.#readers = new Map(issuers.map((issuer) => [issuer.issuer, readerFor(issuer, settings, own)]));
  }

  /**
   * Finds the issuer that a token names. Nothing else is taken from it before its signature is verified, with the keys of
   * that issuer.
   *
   * @returns undefined if the manager does not trust another issuer of that name
   */
  readerFor(text: unknown): TrustedReader<C> | undefined {
    if (this.#readers.size === 0) return undefined;
    const claims = parseStrictObject(splitCompact(text)?.claims ?? '');
    return this.#readers.get(claims?.['iss']);
  }
}

function readerFor<C extends object>(
  issuer: TrustedIssuerSettings,
  settings: VerifierSettings<C>,
  own: KeySet,
): TrustedReader<C> {
  if (issuer.keys) return new TokenVerifier(settings, profileFor(issuer, issuer.keys));
  const { algorithms } = issuer;
  const keys = remoteKeysFor(issuer, settings, own);
  const profile = profileFor(issuer, keys);
  const verifier = new TokenVerifier(settings, profile);
  return {
    verify(text, expected) {
      const wanted = wantedKey(text, profile, algorithms);
      const pending = wanted && keys.prepare(wanted.kid);
      return pending ? pending.then(() => verifier.verify(text, expected)) : verifier.verify(text, expected);
    },
    identify: (text) => verifier.identify(text),
  };
}

function profileFor({ claimsTo, ...settings }: TrustedIssuerSettings, keys: KeyFinder): TokenProfile {
  return trustedProfile({ ...settings, ...claimsTo }, keys);
}

function remoteKeysFor(
  { issuer, metadataUrl, jwksUri, algorithms, timeout }: TrustedIssuerSettings,
  { clock }: VerifierSettings<object>,
  own: KeySet,
): RemoteKeys {
  const url = (metadataUrl ?? jwksUri) as URL;
  const fetcher = new KeyFetcher({ issuer, url, isMetadata: !!metadataUrl, timeout: timeout * 1000 });
  return new RemoteKeys({ issuer, algorithms, clock, own, fetch: () => fetcher.fetch() });
}

/**
 * The key that a token names, if nothing else in its header is wrong: what will be rejected anyway sends no request.
 */
function wantedKey(
  text: unknown,
  { typeOf }: TokenProfile,
  algorithms: readonly unknown[],
): { readonly kid: string | undefined } | undefined {
  // Its issuer was read from it.
  const { header } = splitCompact(text) as CompactToken;
  const { kid, alg, typ } = parseStrictObject(header) ?? {};
  const isWanted = algorithms.includes(alg) && typeOf(typ) !== undefined;
  return isWanted && (kid === undefined || typeof kid === 'string') ? { kid } : undefined;
}
