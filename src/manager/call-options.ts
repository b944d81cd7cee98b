import { claimsFromOptions, type ClaimOptions } from '../claims/registered';
import { ConfigurationError } from '../errors/errors';
import { sessionDetails, type SessionDetails } from '../sessions/session-details';
import type { TokenType } from '../token/token';
import { choice, flag, unchecked } from '../util/option-parsers';
import { parseOptions } from '../util/options';

/** What {@link JwtManager.verify} expects of a token. */
export interface VerifyExpectations {
  /** @default 'access' */
  readonly type?: TokenType | 'any' | undefined;
}

/** @internal */
export const verifyOptions = { type: choice<TokenType | 'any'>('access', 'refresh', 'any') };

/** What {@link JwtManager.refresh} may be told of the request. */
export interface RefreshOptions extends Pick<ClaimOptions, 'amr' | 'acr'> {
  readonly session?: SessionDetails | undefined;
  /**
   * Whether the user has just proved who they are again: sets `auth_time` within the same session, and replaces `amr` and
   * `acr` with those that are given here. @default false
   */
  readonly fresh?: boolean | undefined;
}

/** Whose session {@link JwtManager.revokeSession} may end. */
export interface RevokeSessionOptions {
  /** The session is left alone unless it is this identity's. @default any identity of this manager */
  readonly identity?: string | undefined;
}

/** @internal {@link RefreshOptions} once they are checked. */
export interface RefreshSettings {
  /** Where the request comes from, for events. */
  readonly seen: SessionDetails;
  /** What the session is to record of it. */
  readonly recorded: SessionDetails;
  /** Where the user has proved who they are again: what the tokens are to say of that, `auth_time` apart. */
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
      'refresh: amr and acr are for a user who has just proved who they are: add fresh: true',
    );
  const seen = sessionDetails(session, 'refresh');
  return { seen, recorded: seen, login: fresh ? login : undefined };
}

/** Whom {@link JwtManager.revokeAll} spares. */
export interface RevokeAllOptions {
  /** The id of the session that goes on. */
  readonly except?: string | undefined;
}
