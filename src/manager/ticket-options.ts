import { isIdentity } from '../claims/forms';
import { ConfigurationError } from '../errors/errors';
import { unitAboveOneDay, type Duration } from '../util/duration';
import { duration, flag, unchecked } from '../util/option-parsers';
import { parseOptions } from '../util/options';

/**
 * The options of {@link JwtManager.createTicket}.
 *
 * @example
 * ```ts
 * await jwtManager.createTicket(user.id, { purpose: 'confirm-email', expiresIn: '1d', claims: { email } });
 * ```
 */
export interface TicketOptions<C extends object = Record<string, unknown>> {
  /** What the ticket is for, such as `'reset-password'`. It does nothing else. 1 to 255 characters. */
  readonly purpose: string;
  /**
   * How long the ticket lives, at most the longest of `accessTokenTtl`, `refreshTokenTtl` and `sessionTtl`, and at most
   * 24 hours if given as a number.
   */
  readonly expiresIn: Duration;
  /** Your own claims, such as the address to confirm. Anyone who has the ticket can read them. */
  readonly claims?: C | undefined;
  /** Whether the ticket may be used until it expires, such as for a download that is resumed. @default false */
  readonly reusable?: boolean | undefined;
}

/**
 * The options of {@link JwtManager.redeemTicket}.
 *
 * @example
 * ```ts
 * await jwtManager.redeemTicket(text, { purpose: 'reset-password' });
 * ```
 */
export interface RedeemOptions {
  /** What the ticket must be for. */
  readonly purpose: string;
}

const ticketOptions = {
  purpose: purposeOf,
  expiresIn: duration(undefined, unitAboveOneDay),
  claims: unchecked<object | undefined>,
  reusable: flag(false),
};

/** @internal */
export function resolveTicketOptions<C extends object>(options: TicketOptions<C>) {
  return parseOptions(
    'createTicket',
    options,
    ticketOptions,
    "{ purpose: 'reset-password', expiresIn: '1h' }",
  );
}

/** @internal */
export function resolveRedeemOptions(options: RedeemOptions) {
  return parseOptions('redeemTicket', options, { purpose: purposeOf }, "{ purpose: 'reset-password' }");
}

/** @internal */
export function purposeOf(purpose: unknown, name: string): string {
  if (isIdentity(purpose)) return purpose;
  throw new ConfigurationError(`${name} must be a string of 1 to 255 characters, such as 'reset-password'`);
}
