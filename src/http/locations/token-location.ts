import type { Context } from 'koa';
import type { Token, TokenType } from '../../token/token';

/**
 * A place in a request where a token travels. A location only reads: it says what text is there and never
 * whether it is good.
 */
export interface TokenLocation {
  /** What the place is called, for operators. */
  readonly name: string;
  /** The request header whose value decides what is read here; goes into `Vary`. Absent: none. */
  readonly vary?: string;
  /**
   * The text of the token, or undefined when the request has none here.
   *
   * @param type what the route demands, for places that keep access and refresh tokens apart
   * @throws InvalidRequestError when there is something that cannot be read
   */
  read(context: Context, type: TokenType | 'any'): string | undefined;
  /**
   * Called once the token that was read here is verified, before the route's demands. It throws or rejects with
   * CsrfError to refuse. Whatever it answers but undefined is a mistake, and refuses with HookFailedError
   * (`ERR_JWT_HOOK`).
   */
  confirm?(context: Context, token: Token<object>): void | Promise<void>;
}
