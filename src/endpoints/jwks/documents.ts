import type { ManagerSettings } from '../../manager/manager-options';
import { isRoute, urlIn } from './jwks-options';

/** A document that is published, and where. */
export interface Published {
  readonly name: string;
  readonly path: string;
  /** @param prefix what stands before the path in the URL that was requested */
  readonly document: (prefix: string) => object;
}

interface PublishedSettings {
  readonly path: string;
  readonly resource: string | undefined;
}

/**
 * What a manager has to publish.
 *
 * @throws {@link ConfigurationError} if its keys are secrets
 */
export function publishedBy(manager: ManagerSettings<object>, settings: PublishedSettings): Published[] {
  const hasKeys = manager.keys.kids.length > 0;
  return [
    ...(hasKeys ? [keySet(manager, settings), ...authorizationServer(manager, settings)] : []),
    ...protectedResource(manager, settings, hasKeys),
  ];
}

function keySet({ keys }: ManagerSettings<object>, { path }: PublishedSettings): Published {
  // Now, because secrets have no public half.
  keys.toJwks();
  return { name: 'jwks', path, document: () => keys.toJwks() };
}

/** RFC 8414, section 2. Lists without members are left out (section 3.2): there is nothing to authorize at. */
function authorizationServer({ issuer }: ManagerSettings<object>, { path }: PublishedSettings): Published[] {
  const url = urlIn(issuer);
  if (!url || !isRoute(url.pathname)) return [];
  return [
    {
      name: 'authorizationServer',
      path: wellKnown('oauth-authorization-server', url),
      document: (prefix) => ({ issuer, jwks_uri: url.origin + prefix + path }),
    },
  ];
}

/** RFC 9728, section 2. */
function protectedResource(
  { issuer, trustedIssuers }: ManagerSettings<object>,
  { resource }: PublishedSettings,
  hasKeys: boolean,
): Published[] {
  if (resource === undefined) return [];
  const issuers = [hasKeys ? issuer : undefined, ...trustedIssuers.map((trusted) => trusted.issuer)];
  const servers = issuers.filter(urlIn);
  const document = {
    resource,
    ...(servers.length > 0 && { authorization_servers: servers }),
    bearer_methods_supported: ['header'],
  };
  const path = wellKnown('oauth-protected-resource', new URL(resource));
  return [{ name: 'protectedResource', path, document: () => document }];
}

/** The path of an identifier follows the well-known one (RFC 8414, section 3.1; RFC 9728, section 3.1). */
function wellKnown(name: string, { pathname }: URL): string {
  return `/.well-known/${name}${pathname.replace(/\/$/, '')}`;
}
