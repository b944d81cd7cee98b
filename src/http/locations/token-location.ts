import type { TokenPair } from '../../sessions/token-pair';
import type { Token, TokenType } from '../../token/token';
import type { HttpRequest } from '../request/http-request';

/**
 * A place in a request where a token travels. A location only reads: it says what text is there and never
 * whether it is good.
 *
 * @example
 * ```ts
 * class ApiKeyHeader implements TokenLocation {
 *   readonly name = 'X-Api-Key Header';
 *   readonly vary = 'X-Api-Key';
 *
 *   read({ headers }: HttpRequest): string | undefined {
 *     return headers['x-api-key']?.toString();
 *   }
 * }
 * ```
 */
export interface TokenLocation {
  /** What the place is called, for operators. */
  readonly name: string;
  /**
   * What errors and lists of routes call it where a route requires this type of token, for places that keep types apart.
   * @default name
   */
  nameFor?(type: TokenType | 'any'): string;
  /** The request header whose value decides what is read here; goes into `Vary`. Absent: none. */
  readonly vary?: string;
  /**
   * The text of the token, or undefined when the request has none here.
   *
   * @param type what the route demands, for places that keep access and refresh tokens apart
   * @throws InvalidRequestError when there is something that cannot be read
   */
  read(request: HttpRequest, type: TokenType | 'any'): string | undefined;
  /**
   * Called once the token that was read here is verified, before the route's demands. It throws or rejects with
   * CsrfError to reject. Whatever it answers but undefined is a mistake, and rejects with HookFailedError
   * (`ERR_JWT_HOOK`).
   */
  confirm?(request: HttpRequest, token: Token<object>): void | Promise<void>;
  /**
   * How an OpenAPI document describes the place. Absent: it does not. Undefined: such a token does not travel here.
   *
   * @param type the token that the operation requires, for places that keep access and refresh tokens apart
   * @param method the HTTP method of the operation, in upper case
   */
  describe?(type: TokenType, method: string): LocationDescription | undefined;
  /** The longest token that fits, in characters: the managers of the checker issue no longer ones. Absent: any fits. */
  readonly maxTokenLength?: number;
  /**
   * Present if the checker refreshes within the request: when the access token is missing, has expired or is in its last
   * minute, and `read(request, 'refresh')` finds a refresh token.
   */
  readonly autoRefresh?: TokenCarrier | undefined;
}

/**
 * Where a token travels, as OpenAPI describes it.
 *
 * @example
 * ```ts
 * const description: LocationDescription = { in: 'header', name: 'X-Api-Key' };
 * ```
 */
export type LocationDescription = { readonly scheme: 'bearer' } | NamedPlace;

/**
 * A cookie, a header or a parameter of the query.
 *
 * @example
 * ```ts
 * const place: NamedPlace = { in: 'cookie', name: '__Host-access_token' };
 * ```
 */
export interface NamedPlace {
  readonly in: 'cookie' | 'header' | 'query';
  readonly name: string;
  /** The header that must have the CSRF value if the token comes from here. Absent: none is required. */
  readonly csrfHeader?: string;
}

/**
 * Hands new tokens to the client within a request.
 *
 * @example
 * ```ts
 * const carrier: TokenCarrier = {
 *   mayRefresh: () => true,
 *   set: ({ res }, pair) => void res.setHeader('X-New-Token', pair.access_token),
 *   retract: ({ res }) => void res.removeHeader('X-New-Token'),
 * };
 * ```
 */
export interface TokenCarrier {
  /** Whether a request may be refreshed: not after a logout, such as in earlier middleware. */
  mayRefresh(request: HttpRequest): boolean;
  /** Puts the tokens into the response. */
  set(request: HttpRequest, pair: TokenPair): void;
  /** Removes them again: their session has ended before the response was sent. */
  retract(request: HttpRequest, sessionId: string | undefined): void;
}
