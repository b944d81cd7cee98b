import { format } from 'node:util';
import type { Context } from 'koa';
import type { JwtError } from '../errors';
import { responseHeaders } from '../util/response-headers';

/** How refusals are worded. */
export interface RefusalForm {
  readonly realm: string;
  readonly errorMessageKey: string;
  readonly formatError: ((error: JwtError) => object) | undefined;
}

/**
 * Makes an error ready to be thrown at the host: its challenge stands on the context, for the host's error handler,
 * which takes no headers from an error, and on the error, for Koa, which wipes the context's.
 */
export function prepareRefusal(error: JwtError, context: Context, form: RefusalForm): void {
  const headers = responseHeaders(error.status, error.message, error.challenge, form.realm);
  context.set(headers);
  error.headers = { ...headers, ...varyOf(context) };
  error.body = bodyOf(error, form);
}

function bodyOf(error: JwtError, { formatError, errorMessageKey }: RefusalForm): object {
  error.body = undefined;
  const { msg, ...rest } = error.toJSON() as { msg: string };
  const usual = { [errorMessageKey]: msg, ...rest };
  try {
    const body: unknown = formatError?.(error);
    return typeof body === 'object' && body !== null ? body : usual;
  } catch {
    // A refusal stays a refusal, whatever the application's wording does.
    return usual;
  }
}

function varyOf(context: Context): Record<string, string> {
  const vary = context.response.get('Vary');
  return vary === '' ? {} : { Vary: vary };
}

/**
 * Adds to `Vary`, whatever becomes of the request: Koa wipes every header when an error reaches it, one that is
 * thrown by the method behind the check, too.
 */
export function varyAlways(context: Context, names: readonly string[]): void {
  if (names.length === 0) return;
  context.vary([...names]);
  const onerror = context.onerror.bind(context);
  context.onerror = (thrown: unknown) => {
    // Koa answers what is no error from an error of its own, which would not have our header.
    const error =
      thrown instanceof Error || thrown == null ? thrown : new Error(format('non-error thrown: %j', thrown));
    // Reflect.set: what a method throws may be frozen, and an error in here would end the process.
    if (error)
      Reflect.set(error, 'headers', { ...varyOf(context), ...(error as { headers?: object }).headers });
    onerror(error as Error);
  };
}
