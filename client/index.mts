/**
 * A `fetch` for pages in browsers.
 *
 * @module routing-controllers-jwt/client
 */

import type { AuthFetchOptions } from './options.mjs';

export type { AuthFetchOptions } from './options.mjs';

/**
 * Creates a `fetch` for pages whose API has its tokens in cookies (`TokenCookies`). It sends the CSRF value. If a response
 * is 401 because the access token has expired, it refreshes once for all waiting requests of all tabs, and sends the
 * request again.
 *
 * Requests to other origins than that of `refresh` are sent as they are.
 *
 * @example
 * ```ts
 * const authFetch = createAuthFetch({ refresh: '/auth/refresh', onSessionEnd: () => location.assign('/login') });
 * const response = await authFetch('/notes', { method: 'POST', body });
 * ```
 */
export function createAuthFetch(options: AuthFetchOptions): typeof fetch {
  const { onSessionEnd, csrfCookie, csrfHeader = 'X-CSRF-Token' } = options;
  const { href, origin } = new URL(options.refresh, location.href);
  const refreshedAt = `jwt-refreshed ${href}`;
  const endedAt = `jwt-ended ${href}`;
  /** The CSRF value when the end of the session was reported. */
  let ended: string | undefined;
  let refreshing: Promise<boolean> | undefined;

  addEventListener('storage', ({ key }) => {
    if (key === endedAt) end();
  });

  function end(): void {
    if (ended !== undefined) return;
    ended = csrfValue(csrfCookie);
    onSessionEnd?.();
  }

  function send(request: Request): Promise<Response> {
    const value = csrfValue(csrfCookie);
    // Another login. Without a value, the cookies of the last one are gone.
    if (value && value !== ended) ended = undefined;
    if (value) request.headers.set(csrfHeader, value);
    return fetch(request, origin === location.origin ? {} : { credentials: 'include' });
  }

  async function refresh(since: number): Promise<boolean> {
    const last = Number(localStorage.getItem(refreshedAt));
    if (last > since && last <= Date.now()) return true;
    const { ok, status } = await send(new Request(href, { method: 'POST' }));
    if (ok) localStorage.setItem(refreshedAt, String(Date.now()));
    else if (status === 401 || status === 403) {
      localStorage.setItem(endedAt, String(Date.now()));
      end();
    }
    return ok;
  }

  /** One at a time, in all tabs. Only secure contexts have locks. */
  function refreshOnce(since: number): Promise<boolean> {
    const locks = navigator.locks as LockManager | undefined;
    refreshing ??= (locks ? locks.request(href, () => refresh(since)) : refresh(since))
      // The server cannot be reached: the page gets the first response.
      .catch(() => false)
      .finally(() => (refreshing = undefined));
    return refreshing;
  }

  return async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== origin) return fetch(request);
    const since = Date.now();
    const response = await send(request.clone());
    return (await isRefreshable(response)) && (await refreshOnce(since)) ? send(request) : response;
  };
}

/** A refresh helps neither against a wrong password nor against a challenge that requires another login (RFC 9470). */
async function isRefreshable(response: Response): Promise<boolean> {
  const challenge = response.headers.get('WWW-Authenticate') ?? '';
  if (response.status !== 401 || !/Bearer/i.test(challenge)) return false;
  if (challenge.includes('insufficient_user_authentication')) return false;
  return !(await response.clone().text()).includes('"ERR_JWT_CREDENTIALS"');
}

function csrfValue(name: string | undefined): string {
  const cookies = document.cookie.split('; ');
  const names =
    name === undefined ? ['__Host-', '__Secure-', ''].map((prefix) => `${prefix}csrf_token`) : [name];
  const found = names.map((each) =>
    cookies.find((cookie) => cookie.startsWith(`${each}=`))?.slice(each.length + 1),
  );
  return found.find(Boolean) ?? '';
}
