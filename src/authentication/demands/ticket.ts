import { isIdentity } from '../../claims/forms';
import { withReason, ConfigurationError, InvalidRequestError, TokenInvalidError } from '../../errors/errors';
import { requestOf } from '../../http/request/request-of';
import type { Demand } from './demand';

/** The member of `JwtRequirement`. */
export interface TicketMember {
  /**
   * Only a ticket with this purpose opens the method, see `createTicket`. It is used once everything else holds, before
   * the parameters of the method are checked: a body that is not valid uses it up. A HEAD request is rejected, unless the
   * ticket is reusable. @default false
   */
  readonly ticket?: string | false;
}

/** The token is a ticket for this purpose. */
export const ticket: Demand<TicketMember, string> = {
  name: 'ticket',
  tokenType: 'ticket',
  resolve(given: unknown, name) {
    if (given === false) return undefined;
    if (isIdentity(given)) return given;
    throw new ConfigurationError(
      `${name} must be the purpose of a ticket, such as 'reset-password', or false`,
    );
  },
  meet(purpose, { token, action }) {
    const { ticket: use } = token.verifiedClaims();
    if (use?.purpose !== purpose) throw withReason(new TokenInvalidError(), 'purpose');
    // The preview of a link must not use it up, and the method must not run without using it.
    if (!use.reusable && requestOf(action).method === 'HEAD')
      throw withReason(new InvalidRequestError('A ticket cannot be used by HEAD'), 'HEAD');
    return undefined;
  },
  describe: (given) => `ticket: ${String(given)}`,
};
