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
  if (!options.refresh) throw new Error('createAuthFetch: set refresh');
  const { href, origin } = new URL(options.refresh, location.href);
  /** The CSRF value when the end of the session was reported. */
  let ended: string | undefined;
  let refreshing: Promise<boolean> | undefined;
  const tabs = connectTabs(href, end);

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
    // What another tab has noted may arrive after its lock.
    await new Promise((done) => setTimeout(done, 20));
    const last = tabs.lastRefresh();
    if (last > since && last <= Date.now()) return true;
    const { ok, status } = await send(new Request(href, { method: 'POST' }));
    if (ok) tabs.report('refreshed');
    else if (status === 401 || status === 403) {
      tabs.report('ended');
      end();
    }
    return ok;
  }

  /** One at a time: in all tabs, unless locks are missing, as on plain http, or blocked. */
  async function refreshAlone(since: number): Promise<boolean> {
    let running: Promise<boolean> | undefined;
    // If the server cannot be reached, the page gets the first response.
    const run = () => (running ??= refresh(since).catch(() => false));
    try {
      return await navigator.locks.request(href, run);
    } catch {
      return run();
    }
  }

  function refreshOnce(since: number): Promise<boolean> {
    return (refreshing ??= refreshAlone(since).finally(() => (refreshing = undefined)));
  }

  return async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== origin) return fetch(request);
    const since = Date.now();
    const response = await send(request.clone());
    // A wrong password.
    if (request.url === new URL('login', href).href) return response;
    return (await isRefreshable(response)) && (await refreshOnce(since)) ? send(request) : response;
  };
}

/** What the tabs of a site share. */
interface Tabs {
  /** When one of them last refreshed, or 0. */
  lastRefresh(): number;
  report(news: 'refreshed' | 'ended'): void;
}

/** By `localStorage`, or if it is blocked or full by messages. */
function connectTabs(name: string, onEnd: () => void): Tabs {
  const keyOf = (news: string) => `jwt-${news} ${name}`;
  const read = () => localStorage.getItem(keyOf('refreshed'));
  try {
    localStorage.setItem(keyOf('refreshed'), read() ?? '0');
  } catch {
    return connectByMessages(name, onEnd);
  }
  addEventListener('storage', ({ key }) => {
    if (key === keyOf('ended')) onEnd();
  });
  return {
    lastRefresh: () => Number(read()),
    report(news) {
      localStorage.setItem(keyOf(news), String(Date.now()));
    },
  };
}

function connectByMessages(name: string, onEnd: () => void): Tabs {
  let last = 0;
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(`jwt ${name}`);
    channel.onmessage = ({ data }) => {
      if (data === 'ended') onEnd();
      else last = Date.now();
    };
  } catch {
    // Blocked.
  }
  return {
    lastRefresh: () => last,
    report(news) {
      last = Date.now();
      channel?.postMessage(news);
    },
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
