import { ConfigurationError } from '../errors/errors';
import type { KeyPairAlgorithm } from '../keys/key';
import { keyPairAlgorithms } from '../keys/key';
import { KeySet } from '../keys/key-set';
import { remoteUrl } from '../keys/remote/remote-url';
import { mediaTypes } from '../token/header';
import type { ClaimPath } from '../token/trusted-profile';
import type { Duration } from '../util/duration';
import { duration, optional, text } from '../util/option-parsers';
import { parseOptions, readOptions } from '../util/options';
import { nameList } from '../util/name-list';
import { audienceOf } from './issue-options';

/**
 * An issuer whose access tokens a manager accepts alongside its own, such as an OpenID provider. Exactly one of
 * `discovery`, `jwksUri` and `keys` must be given.
 *
 * Its tokens are verified as strictly as your own. They open routes, and nothing else: they cannot be refreshed, and the
 * store is not asked about them. `token.issuer` names the issuer, and `token.identity` is unique within that issuer only.
 *
 * @see RFC 9068 for the form of its tokens, RFC 8725 for the checks
 * @example
 * ```ts
 * const keycloak: TrustedIssuer = {
 *   issuer: 'https://login.example.com/realms/main',
 *   discovery: true,
 *   audience: 'https://api.example.com',
 *   types: 'JWT',
 *   claimsTo: { roles: ['realm_access', 'roles'] },
 * };
 * const jwtManager = new JwtManager({ trustedIssuers: [keycloak] });
 * ```
 */
export interface TrustedIssuer {
  /** `iss` of its tokens, letter for letter. */
  readonly issuer: string;
  /**
   * Reads the address of the keys from the metadata of the issuer: `true` for its `/.well-known/openid-configuration`
   * (OpenID Connect Discovery), or the URL of the metadata (RFC 8414). https, or http on the loopback interface.
   */
  readonly discovery?: true | string | URL | undefined;
  /** The URL of its JWK set (RFC 7517). https, or http on the loopback interface. */
  readonly jwksUri?: string | URL | undefined;
  /** Its keys, if you have them. Each has its own algorithm. */
  readonly keys?: KeySet | undefined;
  /** `aud` of its tokens: a token must name one of these. */
  readonly audience: string | readonly string[];
  /**
   * The algorithms of its keys, if they are fetched. Others are not accepted. `EdDSA` and `Ed25519` are two names: give the
   * one that its keys and tokens have. @default 'RS256'
   */
  readonly algorithms?: KeyPairAlgorithm | readonly KeyPairAlgorithm[] | undefined;
  /**
   * The accepted types in the header (`typ`), in any case. `'JWT'` also accepts tokens without a type. Accept it only if
   * the ID tokens of the issuer have another audience. @default 'at+jwt'
   */
  readonly types?: string | readonly string[] | undefined;
  /** Where roles and scopes are in its tokens. */
  readonly claimsTo?: ClaimsTo | undefined;
  /** How long a request for its keys may take, at most a minute. @default '5s' */
  readonly timeout?: Duration | undefined;
}

/**
 * The option `claimsTo` of a {@link TrustedIssuer}: the name of a claim, or as a list the path to a member in it.
 *
 * @example
 * ```ts
 * const claimsTo: ClaimsTo = { roles: ['realm_access', 'roles'], scopes: 'permissions' };
 * ```
 */
export interface ClaimsTo {
  /** A list of roles, or a single one. @default 'roles' */
  readonly roles?: string | readonly string[] | undefined;
  /** A list of scopes, or a space-separated string. @default 'scope' */
  readonly scopes?: string | readonly string[] | undefined;
}

/** One line for each option of {@link TrustedIssuer}. */
const trustedIssuerOptions = {
  issuer: text,
  discovery: optional((value: unknown) => value),
  jwksUri: optional(remoteUrl),
  keys: optional(keySetOf),
  audience: audienceOf,
  algorithms: optional(algorithmsOf),
  types: typesOf,
  claimsTo: claimsToOf,
  timeout: duration('5s', { maximum: 60 }),
};

/** @internal A {@link TrustedIssuer} once it is checked. */
export type TrustedIssuerSettings = ReturnType<typeof resolveTrustedIssuer>;

/** @internal @throws {@link ConfigurationError} if an option is wrong */
export function trustedIssuersOf(issuers: unknown = [], name: string): readonly TrustedIssuerSettings[] {
  if (!Array.isArray(issuers)) throw new ConfigurationError(`${name} must be a list of issuers`);
  const all = issuers.map((issuer: unknown, index) =>
    resolveTrustedIssuer(issuer as object, `${name}[${String(index)}]`),
  );
  const names = all.map(({ issuer }) => issuer);
  const twice = names.find((issuer, index) => names.indexOf(issuer) !== index);
  if (twice !== undefined)
    throw new ConfigurationError(`${name} must name each issuer once, and has '${twice}' twice`);
  return all;
}

function resolveTrustedIssuer(given: object, owner: string) {
  const { discovery, ...parsed } = parseOptions(
    owner,
    given,
    trustedIssuerOptions,
    '{ issuer, discovery: true, audience }',
  );
  const { jwksUri, keys, algorithms } = parsed;
  if ([discovery, jwksUri, keys].filter((place) => place !== undefined).length !== 1)
    throw new ConfigurationError(`${owner}: give exactly one of discovery, jwksUri and keys`);
  if (keys && algorithms)
    throw new ConfigurationError(`${owner}: algorithms must not be given with keys, which have theirs`);
  const metadataUrl = discovery === undefined ? undefined : metadataUrlOf(discovery, parsed.issuer, owner);
  return { ...parsed, algorithms: algorithms ?? ['RS256' as const], metadataUrl };
}

/** OpenID Connect Discovery, section 4. */
function metadataUrlOf(discovery: unknown, issuer: string, owner: string): URL {
  if (discovery !== true) return remoteUrl(discovery, `${owner}: discovery`);
  return remoteUrl(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    `${owner}: issuer, because of discovery: true,`,
  );
}

function keySetOf(keys: unknown, name: string): KeySet {
  if (keys instanceof KeySet) return keys;
  throw new ConfigurationError(`${name} must be a KeySet, such as KeySet.fromJwks(…)`);
}

/** A secret is never fetched from anywhere. */
function algorithmsOf(algorithms: unknown, name: string): readonly KeyPairAlgorithm[] {
  const isList = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((algorithm) => keyPairAlgorithms.includes(algorithm as string));
  try {
    return nameList(algorithms, name, isList) as readonly KeyPairAlgorithm[];
  } catch {
    throw new ConfigurationError(`${name} must be one or several of ${keyPairAlgorithms.join(', ')}`);
  }
}

/** Types of tokens that open more than routes would be confused with access tokens (RFC 8725, section 3.11). */
function typesOf(types: unknown = 'at+jwt', name: string): readonly string[] {
  const list = nameList(types, name, isTypeList).map((type) =>
    type.toLowerCase().replace(/^application\//, ''),
  );
  const wrong = list.find((type) => type !== mediaTypes.access && Object.values(mediaTypes).includes(type));
  if (wrong !== undefined)
    throw new ConfigurationError(`${name} must not contain '${wrong}': such tokens of ours open no routes`);
  return list;
}

function isTypeList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((type) => typeof type === 'string' && /^[\w.+/-]+$/.test(type));
}

function claimsToOf(claimsTo: unknown = {}, name: string): Record<keyof ClaimsTo, ClaimPath> {
  const { roles = 'roles', scopes = 'scope' } = readOptions(name, claimsTo as ClaimsTo, ['roles', 'scopes']);
  return { roles: pathOf(roles, `${name}.roles`), scopes: pathOf(scopes, `${name}.scopes`) };
}

/** A path may name one member twice, at different depths. */
function pathOf(path: unknown, name: string): ClaimPath {
  const names: unknown[] = [path].flat();
  if (names.length > 0 && names.every((member) => typeof member === 'string' && member !== ''))
    return names as string[];
  throw new ConfigurationError(
    `${name} must be the name of a claim, or a path such as ['realm_access', 'roles']`,
  );
}
