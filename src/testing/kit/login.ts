import type { CookieTokens } from '../../http/cookies/cookie-tokens';
import type { IssueOptions } from '../../manager/issue-options';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';

/**
 * The options of {@link bearerFor} and {@link cookiesFor}.
 *
 * @example
 * ```ts
 * const options: LoginOptions = { roles: ['member'], stale: true };
 * ```
 */
export interface LoginOptions<C extends object = Record<string, unknown>> extends IssueOptions<C> {
  /** Whether the login is too old for every route that requires a fresh one. @default false */
  readonly stale?: boolean | undefined;
}

/** The tokens of a login: a pair, or an access token alone if the manager has no store. */
export async function login<C extends object>(
  jwtManager: JwtManager<C>,
  identity: string,
  { stale = false, ...others }: LoginOptions<C>,
): Promise<CookieTokens> {
  // A date means a fresh token unless `fresh` says otherwise.
  const options: IssueOptions<C> = stale ? { ...others, fresh: false } : { fresh: true, ...others };
  if (coreOf(jwtManager).service) return jwtManager.createTokenPair(identity, options);
  return { access_token: await jwtManager.createAccessToken(identity, options) };
}
