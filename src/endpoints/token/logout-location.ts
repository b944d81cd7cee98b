import { beforeSending } from '../../http/answer/before-sending';
import type { TokenCookies } from '../../http/cookies/token-cookies';
import { BearerHeader } from '../../http/locations/bearer-header';
import { BodyField } from '../../http/locations/body-field';
import type { TokenLocation } from '../../http/locations/token-location';

/**
 * Where a logout finds the token whose session ends. The refresh token comes first: the access token may have expired
 * while the session is alive.
 */
export function logoutLocation(cookies: TokenCookies | undefined): TokenLocation {
  return cookies ? inCookies(cookies) : inBodyOrHeader();
}

function inCookies(cookies: TokenCookies): TokenLocation {
  return {
    name: cookies.name,
    vary: cookies.vary,
    maxTokenLength: cookies.maxTokenLength,
    read: (request) => cookies.read(request, 'refresh') ?? cookies.read(request, 'access'),
    confirm(request, token) {
      cookies.confirm(request, token);
      // The page is its own: its cookies go even if the session has ended before, but not if the store is unavailable.
      beforeSending(request.res, {
        adjust: (_, status) => {
          if (status < 500) cookies.clear(request);
        },
      });
    },
    describe: (type, method) => cookies.describe(type, method),
  };
}

function inBodyOrHeader(): TokenLocation {
  const [header, body] = [new BearerHeader(), new BodyField('refresh_token')];
  return {
    name: `${header.name} or ${body.name}`,
    vary: header.vary,
    read: (request) => body.read(request, 'refresh') ?? header.read(request),
    describe: () => header.describe(),
  };
}
