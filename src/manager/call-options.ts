import { ConfigurationError } from '../errors/errors';
import { sessionDetails, type SessionDetails } from '../sessions/session-details';
import type { TokenType } from '../token/token';
import { readOptions } from '../util/options';

/** What {@link JwtManager.verify} expects of a token. */
export interface VerifyExpectations {
  /** @default 'access' */
  readonly type?: TokenType | 'any' | undefined;
}

/** What {@link JwtManager.refresh} may be told of the request. */
export interface RefreshOptions {
  readonly session?: SessionDetails | undefined;
  /** Whether the user has just proved who they are again: sets `auth_time`, within the same session. @default false */
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
  readonly fresh: boolean;
}

/** @internal */
export function resolveRefreshOptions(options: RefreshOptions): RefreshSettings {
  const { session, fresh = false } = readOptions('refresh', options, ['session', 'fresh']);
  if (typeof fresh !== 'boolean') throw new ConfigurationError('fresh must be true or false');
  const seen = sessionDetails(session);
  return { seen, recorded: seen, fresh };
}

/** Whom {@link JwtManager.revokeAll} spares. */
export interface RevokeAllOptions {
  /** The id of the session that goes on. */
  readonly except?: string | undefined;
}
