import type { IncomingMessage } from 'node:http';
import { because, ConfigurationError, InvalidRequestError } from '../errors/errors';
import { BearerHeader } from '../http/locations/bearer-header';
import { requestOf } from '../http/request/request-of';
import { JwtManager } from '../manager/jwt-manager';
import type { Token } from '../token/token';
import { readOptions } from '../util/options';
import { defaultRealm } from '../errors/response-headers';
import { authenticate, pathOf, refuse, type Trial } from './authenticate';
import { requirementKeys, resolveRequirement, type JwtRequirement } from './requirement';
import { undefinedError } from './undefined-members';

/** What an upgrade may demand: it has one manager, and no guests. */
export type UpgradeRequirement<C extends object = Record<string, unknown>> = Omit<
  JwtRequirement<C>,
  'manager' | 'optional'
>;

const form = { realm: defaultRealm, errorMessageKey: 'msg', formatError: undefined, challenge: undefined };
const defaultLocations = [new BearerHeader()];
const choices = requirementKeys.filter((key) => key !== 'manager' && key !== 'optional');

/**
 * Authenticates the request of a WebSocket upgrade, which passes no controller and no middleware, as
 * {@link createAuthorizationChecker} does with others: the same locations, demands, events and errors. Call it before
 * the upgrade is completed.
 *
 * A token is looked at once: a connection that lives longer than its token is the application's to close, at
 * `token.expiresAt`.
 *
 * @param requirement as for `@JwtRequired`, and never undefined; without `locations`, the token is in the `Authorization` header
 * @throws JwtError all refusals of a protected route; `status`, `headers` and `toJSON()` are the answer to write to the
 * socket. A requirement that is wrong is a {@link ConfigurationError}; operators are told what to do.
 * @example
 * ```ts
 * server.on('upgrade', async (request, socket, head) => {
 *   try {
 *     const token = await authenticateUpgrade(jwtManager, request, { scopes: 'chat' });
 *     sockets.handleUpgrade(request, socket, head, (webSocket) => greet(webSocket, token));
 *   } catch (error) {
 *     refuseUpgrade(socket, error);
 *   }
 * });
 * ```
 */
export async function authenticateUpgrade<C extends object = Record<string, unknown>>(
  manager: JwtManager<C>,
  request: IncomingMessage,
  ...requirement: [requirement?: UpgradeRequirement<C>]
): Promise<Token<C>> {
  if (!(manager instanceof JwtManager))
    throw new ConfigurationError('authenticateUpgrade needs the JwtManager that verifies');
  if (typeof (request as Partial<IncomingMessage> | undefined)?.url !== 'string')
    throw new ConfigurationError("authenticateUpgrade needs the request of the server's event 'upgrade'");
  const upgrade = requestOf(request);
  const trial: Trial = { request: upgrade, manager };
  try {
    // No router has read the URL yet.
    if (pathOf(upgrade) === undefined) throw because(new InvalidRequestError('Malformed request'), 'url');
    const own = readOptions('authenticateUpgrade', given(requirement), choices);
    const resolved = resolveRequirement(own as JwtRequirement, 'authenticateUpgrade');
    const action = { request, response: upgrade.res };
    return (await authenticate(trial, resolved, resolved.locations ?? defaultLocations, action)) as Token<C>;
  } catch (error) {
    throw refuse(error, trial, form);
  }
}

/** Not a default: a requirement that is passed as undefined was lost on its way here. */
function given<C extends object>(requirement: readonly [UpgradeRequirement<C>?]): UpgradeRequirement<C> {
  if (requirement.length === 0) return {};
  const [own] = requirement;
  if (own === undefined) throw undefinedError('authenticateUpgrade', 'the requirement');
  return own;
}
