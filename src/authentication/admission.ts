import type { Action } from 'routing-controllers';
import type { TokenLocation } from '../http/locations/token-location';
import type { HttpRequest, RequestSource } from '../http/request/http-request';
import { requestOf } from '../http/request/request-of';
import type { JwtManager } from '../manager/jwt-manager';
import type { Token } from '../token/token';
import { createNotes } from '../util/notes';
import type { LoadUser } from './current-user';

/** What a request was let in with. */
export interface Admission {
  /** Which manager verified. */
  readonly manager: JwtManager<object>;
  /** Undefined for a guest, where guests may pass. */
  readonly token: Token<object> | undefined;
  /** The text that was found; undefined where a refresh token alone came. */
  readonly text?: string | undefined;
  /** Where it was found. */
  readonly location?: TokenLocation | undefined;
  /** Whether the token is known not to be revoked. */
  readonly isAlive?: boolean;
  /** Which function loaded the user. */
  readonly loadedBy?: LoadUser | undefined;
  readonly user?: unknown;
  /** What the request was let in with before, by middleware. */
  readonly earlier?: Admission | undefined;
}

/** Requests that were let in. */
const admitted = createNotes<Admission>();

/** Notes that a request was let in. */
export function recordToken({ req }: HttpRequest, admission: Admission): void {
  admitted.set(req, admission);
}

/** What {@link admit} noted last. */
export function admissionOf({ req }: HttpRequest): Admission | undefined {
  return admitted.get(req);
}

/**
 * The verified token of a request, for a logger, middleware or a `currentUserChecker` of your own. Undefined as long as no
 * checker and no middleware of this library has let the request in, and for a guest.
 *
 * @param source Koa's context, the request or response of Express, or an action of routing-controllers
 * @throws {@link ConfigurationError} when it leads to no request
 * @example
 * ```ts
 * app.use(async (ctx, next) => {
 *   await next();
 *   console.log(ctx.method, ctx.path, ctx.status, tokenOf(ctx)?.identity ?? 'guest');
 * });
 * ```
 */
export function tokenOf<C extends object = Record<string, unknown>>(
  source: RequestSource | Action,
): Token<C> | undefined {
  return admissionOf(requestOf(source))?.token as Token<C> | undefined;
}
