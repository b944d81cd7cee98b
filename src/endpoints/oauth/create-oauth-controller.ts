import { JsonController, Post, type Action } from 'routing-controllers';
import { CurrentAction } from '../current-action';
import { nameByPrefix } from '../name-by-prefix';
import { markAndReport } from '../report';
import { JwtPublic } from '../../controllers/decorators/jwt-required';
import { describeOperations } from '../../controllers/routes/operation-descriptions';
import { ConfigurationError } from '../../errors/errors';
import { guardFor } from '../../http/answer/guard-response';
import { BearerHeader } from '../../http/locations/bearer-header';
import { requestOf } from '../../http/request/request-of';
import { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import { optional, text, unchecked } from '../../util/option-parsers';
import { parseOptions } from '../../util/options';
import { clientCheck, presentedClient, type ClientCheck } from './client-authentication';
import { formOf, type Form } from './form-of';
import { introspect, revoke } from './introspection';
import { oauthOperations } from './operations';

/**
 * The options of {@link createOAuthController}.
 *
 * @example
 * ```ts
 * const options: OAuthControllerOptions = { clients: { billing: secret } };
 * ```
 */
export interface OAuthControllerOptions {
  /** The start of both paths. @default '/oauth' */
  readonly prefix?: string | undefined;
  /**
   * The clients that may ask: their ids and secrets, of at least 32 characters, or a function that returns true for a client
   * that may. If it throws or takes longer than `hookTimeout`, the response is 503.
   */
  readonly clients: Readonly<Record<string, string>> | ClientCheck;
}

const owner = 'createOAuthController';
const defaultPrefix = '/oauth';
/** Where a client may have its credentials, for `Vary`. */
const locations = [new BearerHeader()];

/** Answers a client that is authenticated. */
type Endpoint = (manager: JwtManager<object>, text: string, client: string) => Promise<object>;

/**
 * Creates a controller with two endpoints of OAuth, for servers that cannot verify tokens themselves, or that must know at
 * once that a token was revoked:
 *
 * - `POST /oauth/introspect` (RFC 7662) says whether a token is active and what it contains.
 * - `POST /oauth/revoke` (RFC 7009) revokes one. A refresh token takes its session along.
 *
 * Requests are forms with the parameter `token`. The client authenticates itself by Basic, or by `client_id` and
 * `client_secret` in the form (RFC 6749, section 2.3.1). Errors have the form of RFC 6749, section 5.2. A token that is
 * expired, revoked, forged, of another manager or a ticket is not active, without a difference. The controller is a normal
 * one: add it to `controllers`, extend or decorate it.
 *
 * @throws {@link ConfigurationError} if an option is wrong
 * @example
 * ```ts
 * const OAuthController = createOAuthController(jwtManager, { clients: { billing: secret } });
 * createKoaServer({ controllers: [OAuthController], authorizationChecker: createAuthorizationChecker(jwtManager) });
 * ```
 */
export function createOAuthController<C extends object>(
  manager: JwtManager<C>,
  options: OAuthControllerOptions,
): new () => object {
  if (!(manager instanceof JwtManager)) throw new ConfigurationError(`${owner} needs a JwtManager`);
  const table = { prefix: optional(text), clients: unchecked };
  const { prefix = defaultPrefix, clients } = parseOptions(
    owner,
    options,
    table,
    '{ clients: { billing: secret } }',
  );
  coreOf(manager).sessions(owner);
  const isClient = clientCheck(clients, `${owner}: clients`, coreOf(manager).limits.hookTimeout * 1000);

  @JsonController(prefix)
  @JwtPublic()
  class OAuthController {
    @Post('/introspect')
    introspect(@CurrentAction() action: Action): Promise<object> {
      return answer(manager, action, isClient, introspect);
    }

    @Post('/revoke')
    revoke(@CurrentAction() action: Action): Promise<object> {
      return answer(manager, action, isClient, revoke);
    }
  }
  nameByPrefix(OAuthController, prefix, defaultPrefix);
  describeOperations(OAuthController, oauthOperations);
  return OAuthController;
}

async function answer(
  manager: JwtManager<object>,
  action: Action,
  isClient: ClientCheck,
  endpoint: Endpoint,
): Promise<object> {
  const request = requestOf(action);
  guardFor(locations, true).guard(request);
  try {
    const form = await formOf(request);
    const client = form ? await authenticated(action, form, isClient) : 'invalid_request';
    if (typeof client === 'string') return failure(action, client);
    const token = form?.get('token');
    if (token === undefined) return failure(action, 'invalid_request');
    return await endpoint(manager, token, client.id);
  } catch (error) {
    throw markAndReport(error, request, manager);
  }
}

async function authenticated(action: Action, form: Form, isClient: ClientCheck) {
  const presented = presentedClient(requestOf(action), form);
  if (typeof presented === 'string') return presented;
  for (const reading of presented) if (await isClient(reading.id, reading.secret)) return reading;
  return 'invalid_client';
}

/** Returned, not thrown: in no error mode of routing-controllers does this body depend on the framework. */
function failure(action: Action, error: 'invalid_client' | 'invalid_request'): object {
  const isClient = error === 'invalid_client';
  if (isClient) requestOf(action).res.setHeader('WWW-Authenticate', 'Basic realm="api", charset="UTF-8"');
  setStatus(action, isClient ? 401 : 400);
  return { error };
}

function setStatus({ response }: Action, status: number): void {
  const { status: own } = response as { status: unknown };
  if (typeof own === 'function') (response as { status(code: number): void }).status(status);
  else (response as { status: number }).status = status;
}
