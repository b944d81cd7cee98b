import type { Action } from 'routing-controllers';
import type { Authenticator } from '../../authentication/authenticator';
import type { LoadUser } from '../../authentication/current-user';
import { ConfigurationError, type JwtError } from '../../errors/errors';
import { BearerHeader } from '../../http/locations/bearer-header';
import { checkLocations } from '../../http/locations/check-locations';
import type { TokenLocation } from '../../http/locations/token-location';
import type { ExtendChallenge } from '../../http/answer/challenge-parameters';
import type { FormatError } from '../../http/answer/rejection';
import type { HttpRequest } from '../../http/request/http-request';
import { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import { tokensInCommon } from '../../manager/isolation';
import type { Token } from '../../token/token';
import { callback, flag, optional } from '../../util/option-parsers';
import { parseOptions } from '../../util/options';
import { hintAt } from '../../util/promises';
import { defaultRealm } from '../../errors/response-headers';

/**
 * The options of {@link createAuthorizationChecker}.
 *
 * @typeParam C your own claims
 * @example
 * ```ts
 * const options: AuthorizationCheckerOptions = { realm: 'shop', protectByDefault: true };
 * ```
 */
export interface AuthorizationCheckerOptions<C extends object = Record<string, unknown>> {
  /** Where requests carry their token; a request with tokens in two places is rejected. @default [new BearerHeader()] */
  readonly locations?: readonly TokenLocation[] | undefined;
  /** What challenges call the protected space (RFC 9110, section 11.5). @default 'api' */
  readonly realm?: string | undefined;
  /** The member of an error's body that holds the sentence. @default 'msg' */
  readonly errorMessageKey?: string | undefined;
  /**
   * Makes the whole body of an error, an object in JSON and no promise. Status and challenge stay. The
   * `Content-Type` that it sets on `request.res` is the type of that JSON; other headers that it sets there stay as well.
   */
  readonly formatError?: ((error: JwtError, request: HttpRequest) => object) | undefined;
  /**
   * Returns parameters to add to the challenge of an error, such as `resource_metadata` (RFC 9728, section 5.1). They follow
   * those of this library and replace none of them. A value is printable ASCII. Errors without a challenge are not passed.
   * If it throws, or returns a promise, nothing is added.
   */
  readonly challenge?:
    ((error: JwtError, request: HttpRequest) => Readonly<Record<string, string>> | undefined) | undefined;
  /**
   * Loads the user of a verified token, once for each request, on every route that lets the token in. It is passed to
   * `check`, and `@CurrentUser()` hands it over: leave out the `currentUserChecker` of the server. `undefined`, `null` or
   * `false` means that the account is gone: the request is rejected with TokenInvalidError (`ERR_JWT_INVALID`). If it throws,
   * or takes longer than the manager's `hookTimeout`, the request is rejected with HookFailedError (`ERR_JWT_HOOK`).
   */
  readonly currentUserChecker?: ((token: Token<C>, action: Action) => unknown) | undefined;
  /**
   * Whether every method without a rule requires an access token, as with `@JwtRequired()`; `@JwtPublic()` opens one.
   *
   * It holds for servers whose checker was created with it. Servers without a checker, or with a checker of this library
   * that was created without it, keep such methods open. Once the option is used in a process, a checker of the
   * application's own is called for them on servers that are created later, because it may call one of this library.
   *
   * @default false
   */
  readonly protectByDefault?: boolean | undefined;
}

/** @internal The options of a checker once they are checked. */
export interface CheckerSettings extends Authenticator {
  readonly isProtectedByDefault: boolean;
}

/**
 * @internal
 * @throws {@link ConfigurationError} when there is none called default, or when two of them accept each other's tokens:
 * each route would be open to users of the other (RFC 8725, section 3.8)
 */
export function managersOf(manager: unknown): Map<string, JwtManager<object>> {
  const isSingle = manager instanceof JwtManager;
  const managers = new Map(Object.entries(isSingle ? { default: manager } : { ...(manager as object) }));
  if (!managers.has('default') || ![...managers.values()].every((value) => value instanceof JwtManager)) {
    const hints = [manager, ...managers.values()].map((each) => hintAt(each, 'JwtManager'));
    throw new ConfigurationError(
      `createAuthorizationChecker: pass a JwtManager, or several by name with one called default${hints.find(Boolean) ?? ''}`,
    );
  }
  checkIsolation(managers as Map<string, JwtManager<object>>);
  return managers as Map<string, JwtManager<object>>;
}

function checkIsolation(managers: ReadonlyMap<string, JwtManager<object>>): void {
  for (const [name, manager] of managers) {
    for (const [otherName, other] of managers) {
      if (name >= otherName || manager === other) continue;
      const common = tokensInCommon(coreOf(manager).settings, coreOf(other).settings);
      if (common === undefined) continue;
      throw new ConfigurationError(
        `createAuthorizationChecker: the managers '${name}' and '${otherName}' ${common}`,
      );
    }
  }
}

const checkerOptions = {
  locations: locationsOf,
  realm: realmOf,
  errorMessageKey: messageKeyOf,
  formatError: optional(callback<FormatError>('a function')),
  challenge: optional(callback<ExtendChallenge>('a function')),
  currentUserChecker: optional(callback<LoadUser>('a function of the token that returns its user')),
  protectByDefault: flag(false),
};

/** @internal @throws {@link ConfigurationError} when an option is wrong */
export function resolveCheckerOptions<C extends object>(
  managers: Map<string, JwtManager<object>>,
  given: AuthorizationCheckerOptions<C>,
): CheckerSettings {
  const {
    protectByDefault: isProtectedByDefault,
    currentUserChecker: loadUser,
    ...options
  } = parseOptions('createAuthorizationChecker', given, checkerOptions);
  return { ...options, managers, loadUser, isProtectedByDefault, gates: new WeakMap() };
}

function locationsOf(locations: unknown = [new BearerHeader()]): readonly TokenLocation[] {
  checkLocations(locations);
  return locations;
}

function realmOf(realm: unknown = defaultRealm, name: string): string {
  if (typeof realm === 'string' && /^[ !#-[\]-~]+$/.test(realm)) return realm;
  throw new ConfigurationError(`${name} must be printable ASCII without quotes`);
}

function messageKeyOf(key: unknown = 'msg', name: string): string {
  if (typeof key === 'string' && key !== '' && key !== 'code') return key;
  throw new ConfigurationError(`${name} must be a name other than 'code'`);
}
