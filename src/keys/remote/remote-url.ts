import { reject } from '../key';

/**
 * Checks an address of keys: https, or http on this machine. Anyone on the way could replace what comes over http.
 *
 * @param name what errors call it
 * @throws {@link ConfigurationError} if it is something else
 */
export function remoteUrl(given: unknown, name: string): URL {
  const text = typeof given === 'string' || given instanceof URL ? String(given) : '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) reject(`${name} must be a URL, such as 'https://login.example.com/jwks.json'`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url)))
    reject(`${name} must start with https://. Only addresses of this machine may use http`);
  if (url.username !== '' || url.password !== '') reject(`${name} must not contain a user name or password`);
  return url;
}

/** Whether a URL is one of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
