import { copyNotes, hideStacks, originalOf, type JwtError } from './errors';

/** What an error becomes in the response to one request. */
export interface ErrorResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * The error as one request is answered with it. Two requests may throw the same object, and the application may have
 * frozen it, so that the headers and the body of a request are on a copy of its own.
 */
export function copyForResponse(error: JwtError, { headers, body }: ErrorResponse): JwtError {
  return copyOf(error, { headers: { ...headers }, toJSON: () => body });
}

/** A copy that event listeners may keep but cannot change. */
export function frozenCopyOf(error: JwtError): JwtError {
  const { headers, challenge } = originalOf(error);
  const own = { headers: Object.freeze({ ...headers }), challenge: Object.freeze({ ...challenge }) };
  return Object.freeze(copyOf(error, challenge ? own : { headers: own.headers }));
}

/**
 * A copy that can be written to, with other members in place of those of the error. A copy of a copy for a response has
 * nothing of that response.
 */
export function copyOf(error: JwtError, others: Readonly<Record<string, unknown>> = {}): JwtError {
  const copy = copyOfMembers(originalOf(error));
  for (const [name, value] of Object.entries(others))
    Object.defineProperty(copy, name, { value, writable: true, enumerable: false, configurable: true });
  copyNotes(error, copy);
  return copy;
}

/** The members of an error, on top of those of the one that it may be derived from (`Object.create`). */
function copyOfMembers(error: JwtError): JwtError {
  const prototype = Object.getPrototypeOf(error) as JwtError;
  const isClass = Object.hasOwn(prototype, 'constructor');
  const copy = isClass ? errorWithoutStack(prototype) : copyOfMembers(prototype);
  // Object.defineProperties would take twice the time.
  for (const name of Reflect.ownKeys(error)) Object.defineProperty(copy, name, memberOf(error, name));
  return copy;
}

/** A member of an error that may be frozen, as it is on a copy. */
function memberOf(error: JwtError, name: string | symbol): PropertyDescriptor {
  const member = Object.getOwnPropertyDescriptor(error, name) as PropertyDescriptor;
  member.configurable = true;
  // An accessor has no such attribute.
  if ('value' in member) member.writable = true;
  return member;
}

/** A native one: loggers and `util.inspect` treat others as plain objects. */
function errorWithoutStack(prototype: JwtError): JwtError {
  const showStacks = hideStacks();
  const error = Object.setPrototypeOf(new Error(), prototype) as JwtError;
  showStacks();
  delete error.stack;
  return error;
}
