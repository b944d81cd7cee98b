import { createHash } from 'node:crypto';
import { createParamDecorator, Get, JsonController, OnUndefined } from 'routing-controllers';
import { JwtPublic, type RouteDecorator } from '../../controllers/decorators/jwt-required';
import { ConfigurationError } from '../../errors/errors';
import { setHeader } from '../../http/answer/header-fields';
import type { HttpRequest } from '../../http/request/http-request';
import { requestOf } from '../../http/request/request-of';
import { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import { parseOptions } from '../../util/options';
import { publishedBy, type Published } from './documents';
import { jwksControllerOptions, type JwksControllerOptions } from './jwks-options';

/**
 * Creates a controller that publishes how others verify your tokens and find their issuer. All of its routes are public, also
 * with `protectByDefault`, and can be cached for 5 minutes.
 *
 * - `GET /.well-known/jwks.json`: the public halves of the manager's keys (RFC 7517), retired ones until they end.
 * - `GET /.well-known/oauth-authorization-server`: the issuer and the address of the keys (RFC 8414), if the `issuer` of the
 *   manager is a URL. The path of the issuer follows it, if there is one.
 * - `GET /.well-known/oauth-protected-resource`: the issuers whose tokens you accept (RFC 9728), with the option `resource`,
 *   whose path follows it.
 *
 * @returns a controller class for `createKoaServer` or `createExpressServer`
 * @throws {@link ConfigurationError} if the keys are secrets, which have no public half, or if there is nothing to publish
 * @example
 * ```ts
 * const jwtManager = new JwtManager({ keys: KeySet.fromEnv('JWT_KEYS'), issuer: 'https://api.example.com' });
 * const controllers = [LoginController, createJwksController(jwtManager)];
 * createKoaServer({ controllers, authorizationChecker: createAuthorizationChecker(jwtManager) }).listen(8000);
 * ```
 */
export function createJwksController(
  jwtManager: JwtManager<object>,
  options: JwksControllerOptions = {},
): new () => object {
  const settings = parseOptions('createJwksController', options, jwksControllerOptions);
  if (!(jwtManager instanceof JwtManager))
    throw new ConfigurationError('createJwksController needs a JwtManager');
  const documents = publishedBy(coreOf(jwtManager).settings, settings);
  if (documents.length === 0)
    throw new ConfigurationError(
      'createJwksController: the manager has no keys of its own. Set resource to publish which issuers it trusts',
    );
  @JsonController()
  @JwtPublic()
  class JwksController {}
  for (const document of documents) addRoute(JwksController, document);
  return JwksController;
}

function addRoute({ prototype }: { readonly prototype: object }, { name, path, document }: Published): void {
  const answer = (request: HttpRequest) => unlessKnown(request, document(prefixOf(request, path)));
  Object.defineProperty(prototype, name, { value: answer });
  createParamDecorator({ value: requestOf })(prototype, name, 0);
  for (const decorate of [OnUndefined(304), Get(path)] as RouteDecorator[]) decorate(prototype, name);
}

/** What stands before the path of a route: the prefix of the server, and where it is mounted. */
function prefixOf({ path }: HttpRequest, route: string): string {
  // Routers ignore case, and a slash at the end.
  return path.slice(0, path.toLowerCase().lastIndexOf(route.toLowerCase()));
}

/** @returns undefined if the client has the document already (RFC 9110, section 13.1.2) */
function unlessKnown({ headers, res }: HttpRequest, document: object): object | undefined {
  const hash = createHash('sha256').update(JSON.stringify(document)).digest('base64url');
  const tag = `"${hash}"`;
  setHeader(res, 'ETag', tag);
  setHeader(res, 'Cache-Control', 'public, max-age=300');
  const known = headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return known.includes(tag) || known.includes('*') ? undefined : document;
}
