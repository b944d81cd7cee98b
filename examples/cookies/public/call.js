/** What the server refused, or why it could not be asked, in words for people. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The cookies that hold tokens are out of reach for scripts; this one lives exactly as long as the login. */
export function mayBeLoggedIn() {
  return csrfToken() !== '';
}

/**
 * Sends a request and returns the content of its response. An access token that has expired is no matter: the server
 * refreshes the login on the way, for all tabs at once.
 */
export async function call(method, path, body) {
  const response = await send(method, path, body);
  if (!response.isGood) throw new Refusal(response.status, sentence(response));
  return response.content;
}

async function send(method, path, body) {
  const headers = new Headers();
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (method !== 'GET') headers.set('X-CSRF-Token', csrfToken());
  try {
    const response = await fetch(`/api${path}`, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, isGood: response.ok, content: parsed(await response.text()) };
  } catch {
    throw new Refusal(0, 'The server does not answer. Check your connection and try again.');
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One value for the whole login. Read at the time of sending: another tab may have logged in as another user. */
function csrfToken() {
  const start = '__Host-csrf_token=';
  const pair = document.cookie.split('; ').find((text) => text.startsWith(start));
  return pair?.slice(start.length) ?? '';
}

function sentence({ status, content }) {
  if (content?.code === 'ERR_JWT_CREDENTIALS') return 'This user name and password do not belong together.';
  if (status === 429) return 'There were too many attempts. Please try again in a quarter of an hour.';
  if (status === 401) return 'You have been logged out. Please log in again.';
  if (status >= 500) return 'Something is wrong on our side. Please try again in a moment.';
  // What protects the login speaks to programs; what the application refuses, it says to people.
  if (content?.code !== undefined) return 'This page is out of date. Please reload it and try again.';
  return content?.msg ?? 'This did not work. Please try again.';
}
