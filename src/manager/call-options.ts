import { claimsFromOptions, type ClaimOptions } from '../claims/registered';
import { ConfigurationError } from '../errors/errors';
import { sessionDetails, type SessionDetails } from '../sessions/session-details';
import { choice, flag, unchecked } from '../util/option-parsers';
import { parseOptions } from '../util/options';

/**
 * The options of {@link JwtManager.verify}.
 *
 * @example
 * ```ts
 * await jwtManager.verify(text, { type: 'refresh' });
 * ```
 */
export interface VerifyExpectations {
  /** The type that the token must have. No type includes tickets, see `redeemTicket`. @default 'access' */
  readonly type?: 'access' | 'refresh' | 'any' | undefined;
}

/** @internal */
export const verifyOptions = { type: choice<'access' | 'refresh' | 'any'>('access', 'refresh', 'any') };

/** @internal The options of `verify` if none are given: nothing has to be checked at each call. */
export const accessOnly = Object.freeze({ type: 'access' as const });

/** @internal The details of the client where no request is known. */
export function unseen(): SessionDetails {
  return {};
}

/**
 * The options of {@link JwtManager.refresh}.
 *
 * @example
 * ```ts
 * await jwtManager.refresh(token, { session: { userAgent: ctx.get('User-Agent'), ip: ctx.ip } });
 * ```
 */
export interface RefreshOptions extends Pick<ClaimOptions, 'amr' | 'acr'> {
  /** The client of the request, for the list of devices. */
  readonly session?: SessionDetails | undefined;
  /**
   * Whether the user has just authenticated again. Sets `auth_time` within the same session, and replaces `amr` and
   * `acr` with those given here. @default false
   */
  readonly fresh?: boolean | undefined;
}

/**
 * The options of {@link JwtManager.revokeSession}.
 *
 * @example
 * ```ts
 * await jwtManager.revokeSession(id, { identity: token.identity });
 * ```
 */
export interface RevokeSessionOptions {
  /** The session only ends if it belongs to this identity. @default any identity of this manager */
  readonly identity?: string | undefined;
}

/** @internal {@link RefreshOptions} once they are checked. */
export interface RefreshSettings {
  /** Where the request comes from, for events. */
  readonly seen: SessionDetails;
  /** What the session is to record of it. */
  readonly recorded: SessionDetails;
  /** If the user has authenticated again: the claims about that, except `auth_time`. */
  readonly login: Readonly<Record<string, unknown>> | undefined;
}

const refreshOptions = {
  session: unchecked<SessionDetails | undefined>,
  fresh: flag(false),
  amr: unchecked,
  acr: unchecked,
};

/** @internal */
export function resolveRefreshOptions(options: RefreshOptions): RefreshSettings {
  const { session, fresh, amr, acr } = parseOptions('refresh', options, refreshOptions);
  const login = claimsFromOptions({ amr, acr }, 'refresh');
  if (!fresh && Object.keys(login).length > 0)
    throw new ConfigurationError(
      'refresh: amr and acr need fresh: true, because the user must have authenticated again',
    );
  const seen = sessionDetails(session, 'refresh');
  return { seen, recorded: seen, login: fresh ? login : undefined };
}

/**
 * The options of {@link JwtManager.revokeAll}.
 *
 * @example
 * ```ts
 * await jwtManager.revokeAll(token.identity, { except: token.sessionId });
 * ```
 */
export interface RevokeAllOptions {
  /** The id of the session that continues. */
  readonly except?: string | undefined;
}
