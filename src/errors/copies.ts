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
  const { members, prototype } = anatomyOf(originalOf(error));
  for (const member of Object.values(members)) {
    member.configurable = true;
    // An accessor has no such attribute.
    if ('value' in member) member.writable = true;
  }
  for (const [name, value] of Object.entries(others))
    members[name] = { value, writable: true, configurable: true };
  const copy = Object.setPrototypeOf(errorWithoutStack(), prototype) as JwtError;
  Object.defineProperties(copy, members);
  copyNotes(error, copy);
  return copy;
}

/** The members of an error, with those of the one that it may be derived from (`Object.create`), and the prototype of its class. */
function anatomyOf(error: JwtError): { members: Record<string, PropertyDescriptor>; prototype: object } {
  let members: Record<string, PropertyDescriptor> = Object.getOwnPropertyDescriptors(error);
  let prototype = Object.getPrototypeOf(error) as object;
  while (!Object.hasOwn(prototype, 'constructor')) {
    members = { ...Object.getOwnPropertyDescriptors(prototype), ...members };
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return { members, prototype };
}

/** A native one: loggers and `util.inspect` treat others as plain objects. */
function errorWithoutStack(): Error {
  const showStacks = hideStacks();
  const error = new Error();
  showStacks();
  delete error.stack;
  return error;
}
