import type { Context } from 'koa';
import type { JwtError } from '../errors';
import { ignore, isPromiseLike } from '../util/promises';
import { responseHeaders } from '../util/response-headers';

/** How refusals are worded. */
export interface RefusalForm {
  readonly realm: string;
  readonly errorMessageKey: string;
  readonly formatError: ((error: JwtError) => object) | undefined;
}

const prepared = new WeakMap<JwtError, Context>();

/** Whether {@link prepareRefusal} has made the error ready for this request. */
export function isPrepared(error: JwtError, context: Context): boolean {
  return prepared.get(error) === context;
}

/**
 * Makes an error ready to be thrown at the host: its challenge stands on the context, for the host's error handler,
 * which takes no headers from an error, and on the error, for Koa, which wipes the context's.
 */
export function prepareRefusal(error: JwtError, context: Context, form: RefusalForm): void {
  prepared.set(error, context);
  const headers = responseHeaders(error.status, error.message, error.challenge, form.realm);
  context.set(headers);
  beforeSending(context, (status) => {
    // Unless a middleware of the application's made another answer of it.
    if (status === error.status) context.set(headers);
  });
  error.headers = { ...headers, ...varyOf(context) };
  error.body = bodyOf(error, form);
}

/** Whatever becomes of the request, its answer varies by these headers, and a 401 is kept by nobody. */
export function guardAnswer(context: Context, vary: readonly string[]): void {
  beforeSending(context, (status) => {
    addVary(context, vary);
    if (status === 401) context.set('Cache-Control', 'no-store');
  });
  addVary(context, vary);
}

function addVary(context: Context, names: readonly string[]): void {
  if (names.length > 0) context.vary([...names]);
}

/**
 * Sees to the headers at the last moment: the host sets what a method declares (`@Header`) over those of a refusal,
 * and Koa wipes all of them when an error reaches it, one that is thrown by the method behind the check, too.
 */
export function beforeSending({ res }: Context, see: (status: unknown) => void): void {
  const writeHead = res.writeHead.bind(res) as (...head: unknown[]) => typeof res;
  res.writeHead = (...head: unknown[]) => {
    see(head[0]);
    return writeHead(...head);
  };
}

function bodyOf(error: JwtError, { formatError, errorMessageKey }: RefusalForm): object {
  error.body = undefined;
  const { msg, ...rest } = error.toJSON() as { msg: string };
  const usual = { [errorMessageKey]: msg, ...rest };
  // A refusal stays a refusal, whatever the application's wording does.
  return (formatError && written(formatError, error)) ?? usual;
}

/** The application's wording as it will be sent; undefined when it is no object in JSON. */
function written(formatError: (error: JwtError) => unknown, error: JwtError): object | undefined {
  try {
    const body = formatError(error);
    if (isPromiseLike(body)) {
      ignore(body);
      return undefined;
    }
    const json: unknown = JSON.parse(JSON.stringify(body));
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

function varyOf(context: Context): Record<string, string> {
  // Absent, it is undefined to one Koa and an empty string to another, and Koa dies of an undefined header.
  const vary = context.response.get('Vary') as string | undefined;
  return vary ? { Vary: vary } : {};
}
