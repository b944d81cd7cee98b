import { copyNotes, hideStacks, type JwtError } from '../errors';

/** What an error becomes in the response to one request. */
export interface ErrorResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const originals = new WeakMap<JwtError, JwtError>();

/**
 * The error as one request is answered with it. Two requests may throw the same object, and the application may have
 * frozen it, so that the headers and the body of a request are on a copy of its own.
 */
export function copyForResponse(error: JwtError, { headers, body }: ErrorResponse): JwtError {
  const copy = copyOf(error);
  define(copy, { headers: { ...headers }, toJSON: () => body });
  return copy;
}

/** A copy that event listeners may keep but cannot change. */
export function frozenCopyOf(error: JwtError): JwtError {
  const copy = copyOf(error);
  define(copy, { headers: Object.freeze({ ...copy.headers }), challenge: Object.freeze(copy.challenge) });
  return Object.freeze(copy);
}

/** A copy that can be written to. A copy of a copy for a response has nothing of that response. */
export function copyOf(error: JwtError): JwtError {
  const original = originalOf(error);
  const members = Object.entries(Object.getOwnPropertyDescriptors(original)).map(
    ([name, descriptor]): [string, PropertyDescriptor] => [name, unlocked(descriptor)],
  );
  const prototype: unknown = Object.getPrototypeOf(original);
  const copy = Object.setPrototypeOf(errorWithoutStack(), prototype as object) as JwtError;
  Object.defineProperties(copy, Object.fromEntries(members));
  originals.set(copy, original);
  copyNotes(error, copy);
  return copy;
}

/** A native one: loggers and `util.inspect` treat others as plain objects. */
function errorWithoutStack(): Error {
  const showStacks = hideStacks();
  const error = new Error();
  showStacks();
  delete error.stack;
  return error;
}

/** The error that was thrown first, of which this is a copy. */
export function originalOf(error: JwtError): JwtError {
  return originals.get(error) ?? error;
}

/** An accessor has no `writable`. */
function unlocked(descriptor: PropertyDescriptor): PropertyDescriptor {
  return 'value' in descriptor
    ? { ...descriptor, writable: true, configurable: true }
    : { ...descriptor, configurable: true };
}

function define(error: JwtError, members: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(error, name, { value, writable: true, configurable: true });
}
