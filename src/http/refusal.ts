import type { Context } from 'koa';
import { copyOf, type JwtError } from '../errors';
import { ignore, isPromiseLike } from '../util/promises';
import { responseHeaders } from '../util/response-headers';
import { beforeSending } from './before-sending';

/** Makes the body of an error for a request. */
export type FormatError = (error: JwtError, context: Context) => object;

/** How refusals are worded. */
export interface RefusalForm {
  readonly realm: string;
  readonly errorMessageKey: string;
  readonly formatError: FormatError | undefined;
}

/** A refusal that was made ready for a request, and what it put on the context. */
interface Prepared {
  readonly error: JwtError;
  readonly headers: Readonly<Record<string, string>>;
}

/** Of several refusals of a request, the last one: somebody caught those before. */
const prepared = new WeakMap<Context, Prepared>();

/** Whether {@link prepareRefusal} has made the error ready for this request. */
export function isPrepared(error: JwtError, context: Context): boolean {
  return prepared.get(context)?.error === error;
}

/**
 * Makes an error ready to be thrown at the host: its challenge stands on the context, for the host's error handler,
 * which takes no headers from an error, and on the error, for Koa, which wipes the context's.
 */
export function prepareRefusal(error: JwtError, context: Context, form: RefusalForm): void {
  withdraw(context);
  const headers = responseHeaders(error.status, error.message, error.challenge, form.realm);
  prepared.set(context, { error, headers });
  context.set(headers);
  const { status } = error;
  const { body, type } = wordingOf(error, context, form);
  error.body = body;
  beforeSending(context, (sent) => {
    if (!isPrepared(error, context)) return;
    if (sent === status) {
      context.set(headers);
      setType(context, error, type);
    } else {
      // A middleware of the application's made another answer of it.
      withdraw(context);
    }
  });
  error.headers = { ...headers, ...varyOf(context) };
}

/** Takes back what belongs to a refusal alone; that nobody keeps the answer does no harm to another one. */
function withdraw(context: Context): void {
  for (const [name, value] of Object.entries(prepared.get(context)?.headers ?? {})) {
    if (name !== 'Cache-Control' && context.response.get(name) === value) context.remove(name);
  }
}

/**
 * A method may say what its answers are (`@ContentType`). Koa sees to it that an object is JSON; of a sentence it believes
 * what the method says.
 */
function setType({ response }: Context, { message }: JwtError, type: string | undefined): void {
  if (type && response.is('json', '+json')) response.set('Content-Type', type);
  else if (response.body === message) response.set('Content-Type', 'text/plain; charset=utf-8');
}

/**
 * Every response of the request varies by these headers. No cache keeps a 401, nor the response of a route that issues
 * tokens (RFC 6749, section 5.1).
 */
export function guardAnswer(context: Context, vary: readonly string[], issuesTokens: boolean): void {
  beforeSending(context, (status) => {
    addVary(context, vary);
    if (status === 401 || issuesTokens) context.set('Cache-Control', 'no-store');
  });
  addVary(context, vary);
}

/** Whoever asks, the answer is for them alone: no shared cache keeps it, whatever the method says (RFC 6750, section 2.3). */
export function answerPrivately(context: Context): void {
  beforeSending(context, () => {
    context.set('Cache-Control', privately(context.res.getHeader('Cache-Control')));
  });
}

/** A response that names `Cache-Control` several times has an array of values. */
function privately(value: number | string | string[] | undefined): string {
  const directives = String(value ?? '')
    .split(',')
    .flatMap((directive) => directive.trim() || []);
  if (directives.some((directive) => /^(private|no-store)$/i.test(directive))) return directives.join(', ');
  return [
    'private',
    ...directives.filter((directive) => !/^(public|private|s-maxage)\b/i.test(directive)),
  ].join(', ');
}

function addVary(context: Context, names: readonly string[]): void {
  if (names.length > 0) context.vary([...names]);
}

/** What is said, and the type that it is said to have; undefined: what the host says. */
interface Wording {
  readonly body: object;
  readonly type?: string | undefined;
}

function wordingOf(error: JwtError, context: Context, form: RefusalForm): Wording {
  error.body = undefined;
  const { msg, ...rest } = error.toJSON() as { msg: string };
  // A refusal stays a refusal, whatever the application's wording does.
  const own = form.formatError && ownWording(form.formatError, copyOf(error), context);
  return own ?? { body: { [form.errorMessageKey]: msg, ...rest } };
}

/** The application's wording as it will be sent; undefined when it is no object in JSON. */
function ownWording(formatError: FormatError, error: JwtError, context: Context): Wording | undefined {
  const { response } = context;
  const usual = response.get('Content-Type');
  const body = objectInJson(() => formatError(error, context));
  const type = response.get('Content-Type');
  if (usual) context.set('Content-Type', usual);
  else context.remove('Content-Type');
  return body && { body, type: type === usual ? undefined : type };
}

function objectInJson(make: () => unknown): object | undefined {
  try {
    const value = make();
    if (isPromiseLike(value)) {
      ignore(value);
      return undefined;
    }
    const json: unknown = JSON.parse(JSON.stringify(value));
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
