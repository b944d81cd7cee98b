import { ConfigurationError } from '../../errors/errors';
import { optional } from '../../util/option-parsers';

/**
 * The options of {@link createJwksController}.
 *
 * @example
 * ```ts
 * createJwksController(jwtManager, { resource: 'https://api.example.com' });
 * ```
 */
export interface JwksControllerOptions {
  /** The path of the JWK set, below the `routePrefix` of the server. @default '/.well-known/jwks.json' */
  readonly path?: string | undefined;
  /**
   * The URL by which clients know your API, for its metadata (RFC 9728, section 1.2). With it, they find the issuers whose
   * tokens you accept. @default no metadata
   */
  readonly resource?: string | undefined;
}

/** @internal One line for each option of {@link JwksControllerOptions}. */
export const jwksControllerOptions = {
  path: (value: unknown = '/.well-known/jwks.json', name: string) => {
    if (typeof value === 'string' && isRoute(value)) return value;
    throw new ConfigurationError(
      `${name} must be a path such as '/jwks.json', of the characters A-Z a-z 0-9 . _ ~ - and /`,
    );
  },
  resource: optional((value: unknown, name: string) => {
    const url = urlIn(value);
    if (url && isRoute(url.pathname) && url.search === '' && url.hash === '') return value as string;
    throw new ConfigurationError(
      `${name} must be a URL without query and fragment, such as 'https://api.example.com'`,
    );
  }),
};

/** @internal The URL in a text; undefined if it is something else. */
export function urlIn(value: unknown): URL | undefined {
  const isUrl = typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value);
  return isUrl ? new URL(value) : undefined;
}

/** @internal Whether a path means the same to every router: no parameter and no pattern. */
export function isRoute(path: string): boolean {
  return /^(\/[\w.~-]*)+$/.test(path);
}
