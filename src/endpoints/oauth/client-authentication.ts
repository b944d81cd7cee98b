import { createHash, timingSafeEqual } from 'node:crypto';
import { withReason, ConfigurationError, HookFailedError } from '../../errors/errors';
import { timesIn } from '../../http/locations/bearer-header';
import type { HttpRequest } from '../../http/request/http-request';
import { isPlainObject } from '../../util/json';
import { within } from '../../util/within';
import type { Form } from './form-of';

/**
 * Whether a client has this secret.
 *
 * @example
 * ```ts
 * const check: ClientCheck = async (id, secret) => (await clients.find(id))?.hasSecret(secret) ?? false;
 * ```
 */
export type ClientCheck = (id: string, secret: string) => boolean | Promise<boolean>;

/** A secret that could be guessed would let anyone ask about tokens. */
const shortestSecret = 32;

/** What a client sends. */
interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** How a request authenticates its client (RFC 6749, section 2.3.1), in each way to read it, or what is wrong with it. */
export type Presented = readonly Credentials[] | 'invalid_client' | 'invalid_request';

/** Reads the credentials of the client, by Basic or in the form, not by both (RFC 6749, section 2.3). */
export function presentedClient({ headers, req }: HttpRequest, form: Form): Presented {
  const { authorization } = headers;
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (authorization === undefined)
    return id === undefined || secret === undefined ? 'invalid_client' : [{ id, secret }];
  // Of two headers, Node keeps the first silently.
  if (secret !== undefined || timesIn(req.rawHeaders, 'authorization') > 1) return 'invalid_request';
  const readings = readingsOf(authorization);
  if (readings.length === 0) return 'invalid_client';
  const fitting = readings.filter((reading) => id === undefined || id === reading.id);
  return fitting.length > 0 ? fitting : 'invalid_request';
}

/** Both parts are encoded as in a form first (RFC 6749, section 2.3.1). Many clients, such as curl, do not do that. */
function readingsOf(authorization: string): Credentials[] {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) return [];
  const parts = [text.slice(0, colon), text.slice(colon + 1)] as const;
  return /[+%]/.test(text) ? [...decoded(parts), asCredentials(parts)] : [asCredentials(parts)];
}

function decoded([id, secret]: readonly [string, string]): Credentials[] {
  const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
  try {
    return [asCredentials([decode(id), decode(secret)])];
  } catch {
    return [];
  }
}

function asCredentials([id, secret]: readonly [string, string]): Credentials {
  return { id, secret };
}

/**
 * The check of the option `clients`. It takes the same time whoever the client is.
 *
 * @param milliseconds that a check of the application may take
 * @throws {@link ConfigurationError} when the option is wrong
 */
export function clientCheck(clients: unknown, name: string, milliseconds: number): ClientCheck {
  if (typeof clients === 'function') return checkedBy(clients as ClientCheck, milliseconds);
  if (!isPlainObject(clients) || Object.keys(clients).length === 0)
    throw new ConfigurationError(`${name} must be an object of ids and secrets, or a function of both`);
  const digests = new Map<string, Buffer>();
  for (const [id, secret] of Object.entries(clients)) {
    if (typeof secret !== 'string' || secret.length < shortestSecret)
      throw new ConfigurationError(
        `${name}: the secret of '${id}' must be a random string of at least ${String(shortestSecret)} characters`,
      );
    digests.set(id, digest(secret));
  }
  const nobody = digest('');
  return (id, secret) => {
    const known = digests.get(id);
    const isSame = timingSafeEqual(digest(secret), known ?? nobody);
    return isSame && known !== undefined;
  };
}

/** Anything but true lets no one in. */
function checkedBy(check: ClientCheck, milliseconds: number): ClientCheck {
  return async (id, secret) => {
    try {
      const verdict: unknown = await within(milliseconds, check(id, secret));
      return verdict === true;
    } catch (cause) {
      throw withReason(new HookFailedError(), 'clients', cause);
    }
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
