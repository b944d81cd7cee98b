import { createAuthFetch } from '/client.mjs';

/** Why something did not work, in words for people. */
export class Problem extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/**
 * Creates the function that calls the API and returns the content of the response. It sends the CSRF value, and refreshes
 * the login where the access token has expired.
 *
 * @param {() => void} onSessionEnd called when the session has ended
 */
export function createApi(onSessionEnd) {
  const authFetch = createAuthFetch({ refresh: '/web/auth/refresh', onSessionEnd });
  return async (method, path, { body, signal } = {}) => {
    const headers = body && { 'Content-Type': 'application/json' };
    const init = { method, headers, body: JSON.stringify(body), signal };
    const response = await authFetch(path, init).catch((error) => {
      if (signal?.aborted) throw error;
      throw new Problem('The server does not respond. Check your connection and try again.');
    });
    const content = await response.json().catch(() => undefined);
    if (!response.ok) throw new Problem(messageOf(response, content), response.status);
    return content;
  };
}

/** The cookies with the tokens are out of reach for scripts. This one exists exactly as long as they do. */
export function mayBeLoggedIn() {
  return document.cookie.split('; ').some((cookie) => /^(__Host-)?csrf_token=./.test(cookie));
}

function messageOf({ status, headers }, content) {
  if (content?.code === 'ERR_JWT_CREDENTIALS') return 'This user name and password do not belong together.';
  if (status === 401) return 'You have been logged out. Please log in again.';
  if (status === 429) return `Too many attempts. Try again ${inMinutes(headers.get('Retry-After'))}.`;
  if (status === 403) return 'This page is out of date. Please reload it and try again.';
  if (status >= 500) return 'Something is wrong on our side. Please try again in a moment.';
  return content?.msg ?? 'This did not work. Please try again.';
}

function inMinutes(seconds) {
  const minutes = Math.ceil(Number(seconds) / 60);
  return new Intl.RelativeTimeFormat('en').format(minutes, 'minute');
}
