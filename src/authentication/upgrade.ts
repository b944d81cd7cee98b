import type { IncomingMessage } from 'node:http';
import type { AuthorizationChecker } from 'routing-controllers';
import { withReason, ConfigurationError, InvalidRequestError } from '../errors/errors';
import { defaultRealm } from '../errors/response-headers';
import { BearerHeader } from '../http/locations/bearer-header';
import { requestOf } from '../http/request/request-of';
import { JwtManager } from '../manager/jwt-manager';
import type { Token } from '../token/token';
import { recordToken } from './admission';
import { Attempt } from './attempt';
import { authenticate, reject } from './authenticate';
import { unidentified } from './admit-request';
import { authenticatorOf, type Authenticator } from './authenticator';
import { gateFor } from './gate';
import { pathOf } from './request-path';
import { givenRequirement, requirementKeys, type JwtRequirement } from './requirement';

/**
 * What an upgrade may require: it has no guests.
 *
 * @example
 * ```ts
 * const requirement: UpgradeRequirement = { scopes: 'chat' };
 * ```
 */
export type UpgradeRequirement<C extends object = Record<string, unknown>> = Omit<
  JwtRequirement<C>,
  'optional'
>;

const defaultLocations = [new BearerHeader()];
const choices = requirementKeys.filter((key) => key !== 'optional');

/**
 * Authenticates the request of a WebSocket upgrade, which passes no controller and no middleware, as
 * {@link createAuthorizationChecker} does with others: the same locations, requirements, events and errors. Call it before
 * the upgrade is completed.
 *
 * A token is looked at once: a connection that lives longer than its token is the application's to close, at
 * `token.expiresAt`.
 *
 * @param by the checker of your routes, for the same locations, wording and `currentUserChecker`; or the JwtManager that
 * verifies, for a token in the `Authorization` header
 * @param requirement as for `@JwtRequired`, and never undefined
 * @throws JwtError as on a protected route; write its `status`, `headers` and `toJSON()` to the socket. A requirement
 * that is wrong is a {@link ConfigurationError}, whose message goes to the event `rejected`.
 * @example
 * ```ts
 * server.on('upgrade', async (request, socket, head) => {
 *   try {
 *     const token = await authenticateUpgrade(authorizationChecker, request, { scopes: 'chat' });
 *     sockets.handleUpgrade(request, socket, head, (webSocket) => greet(webSocket, token));
 *   } catch (error) {
 *     rejectUpgrade(socket, error);
 *   }
 * });
 * ```
 */
export async function authenticateUpgrade<C extends object = Record<string, unknown>>(
  by: JwtManager<C> | AuthorizationChecker,
  request: IncomingMessage,
  ...requirement: [requirement?: UpgradeRequirement<C>]
): Promise<Token<C>> {
  const authenticator = by instanceof JwtManager ? standard(by) : authenticatorOf(by);
  if (!authenticator)
    throw new ConfigurationError(
      'authenticateUpgrade: pass the checker of createAuthorizationChecker, or the JwtManager that verifies',
    );
  if (typeof (request as Partial<IncomingMessage> | undefined)?.url !== 'string')
    throw new ConfigurationError("authenticateUpgrade needs the request of the server's event 'upgrade'");
  const upgrade = requestOf(request);
  let rejected = unidentified(upgrade, authenticator);
  try {
    // No router has read the URL yet.
    if (pathOf(upgrade) === undefined) throw withReason(new InvalidRequestError('Malformed request'), 'url');
    const own = givenRequirement('authenticateUpgrade', requirement, choices);
    const attempt = new Attempt(upgrade, gateFor(own, authenticator), { request, response: upgrade.res });
    rejected = attempt;
    await authenticate(attempt);
    recordToken(upgrade, attempt);
    return attempt.token as Token<C>;
  } catch (error) {
    throw reject(error, rejected, authenticator);
  }
}

/** What a checker is created with when no option is given. */
function standard(manager: JwtManager<object>): Authenticator {
  return {
    managers: new Map([['default', manager]]),
    locations: defaultLocations,
    realm: defaultRealm,
    errorMessageKey: 'msg',
    formatError: undefined,
    challenge: undefined,
    loadUser: undefined,
    gates: new WeakMap(),
  };
}
