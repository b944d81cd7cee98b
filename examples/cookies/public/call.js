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
 * Asks the server and answers what it says. When the access token is over, the login is renewed and the request is
 * sent once more.
 */
export async function call(method, path, body) {
  let answer = await ask(method, path, body);
  if (answer.status === 401 && mayBeLoggedIn()) {
    // Other tabs may do the same at this moment. They need no lock: for a few seconds the server answers everybody who
    // shows the previous refresh token with the same successor, so no tab logs another one out.
    const renewal = await ask('POST', '/refresh');
    answer = renewal.isGood ? await ask(method, path, body) : renewal;
  }
  if (!answer.isGood) throw new Refusal(answer.status, sentence(answer));
  return answer.content;
}

async function ask(method, path, body) {
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
  if (status === 401) return 'You have been logged out. Please log in again.';
  if (status >= 500) return 'Something is wrong on our side. Please try again in a moment.';
  // What protects the login speaks to programs; what the application refuses, it says to people.
  if (content?.code !== undefined) return 'This page is out of date. Please reload it and try again.';
  return content?.msg ?? 'This did not work. Please try again.';
}
