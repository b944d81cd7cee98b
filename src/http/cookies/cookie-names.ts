/** The names of the three cookies. */
export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  readonly csrf: string;
}

/** What decides about names and places of the cookies. */
export interface CookieShape {
  readonly name: string | undefined;
  readonly secure: boolean;
  readonly domain: string | undefined;
  readonly refreshPath: string;
  readonly partitioned: boolean;
}

/** Where a browser keeps a cookie. */
export interface CookiePlace {
  readonly name: string;
  readonly path: string;
  readonly domain?: string;
}

/**
 * The names, with the strongest prefix that fits. `__Host-` guarantees that the host itself set the cookie, over TLS: no
 * sibling host can write or replace it (RFC 6265bis, section 4.1.3). It allows no domain and no path but `/`.
 */
export function cookieNamesFor({ name, secure, domain, refreshPath }: CookieShape): CookieNames {
  const stem = name === undefined ? '' : `${name}_`;
  const prefix = secure ? (domain === undefined ? '__Host-' : '__Secure-') : '';
  const refreshPrefix = secure && refreshPath !== '/' ? '__Secure-' : prefix;
  return {
    access: `${prefix}${stem}access_token`,
    refresh: `${refreshPrefix}${stem}refresh_token`,
    csrf: `${prefix}${stem}csrf_token`,
  };
}

/**
 * The cookies that other options would have set and that browsers would send along with the new ones, or instead of them
 * once the new ones have expired: those of the host alone where there is a domain now, those without a partition where
 * there is one now, a refresh token for every path where it has a path now.
 */
export function supersededCookies(shape: CookieShape): CookiePlace[] {
  const { domain, partitioned, refreshPath } = shape;
  const others = domain === undefined ? [] : [{ ...shape, domain: undefined }];
  const unmoved = [shape, ...others].map((each) => refreshPlace({ ...each, refreshPath: '/' }));
  return [
    ...others.flatMap(placesOf),
    ...(refreshPath === '/' ? [] : unmoved),
    ...(partitioned ? placesOf(shape) : []),
  ];
}

function refreshPlace(shape: CookieShape): CookiePlace {
  return placeOf(shape, cookieNamesFor(shape).refresh, shape.refreshPath);
}

function placesOf(shape: CookieShape): CookiePlace[] {
  const { access, csrf } = cookieNamesFor(shape);
  return [placeOf(shape, access), refreshPlace(shape), placeOf(shape, csrf)];
}

function placeOf({ domain }: CookieShape, name: string, path = '/'): CookiePlace {
  return { name, path, ...(domain !== undefined && { domain }) };
}
