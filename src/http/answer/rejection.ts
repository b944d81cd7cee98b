import type { Context } from 'koa';
import type { JwtError } from '../../errors/errors';
import { copyForResponse, copyOf, originalOf } from '../../errors/copies';
import { ignore, isPromiseLike } from '../../util/promises';
import { responseHeaders } from '../../errors/response-headers';
import { beforeSending } from './before-sending';

/** Makes the body of an error for a request. */
export type FormatError = (error: JwtError, context: Context) => object;

const challengeName = 'WWW-Authenticate';

/** How refusals are worded. */
export interface RefusalForm {
  readonly realm: string;
  readonly errorMessageKey: string;
  readonly formatError: FormatError | undefined;
}

/** An error that a request is answered with, and the headers that belong to it alone. */
interface Prepared {
  readonly error: JwtError;
  readonly headers: Readonly<Record<string, string>>;
}

/** The last error of each request. Earlier ones were caught. */
const prepared = new WeakMap<Context, Prepared>();

/** Whether {@link prepareRefusal} returned this error for this request. */
export function isPrepared(error: JwtError, context: Context): boolean {
  return prepared.get(context)?.error === error;
}

/**
 * Prepares the response to an error. Its headers are set on the context, for the error handler of routing-controllers,
 * which takes no headers from an error. They are on the returned error as well, for Koa, which wipes the context's.
 *
 * @returns the copy of the error to throw
 */
export function prepareRefusal(error: JwtError, context: Context, form: RefusalForm): JwtError {
  withdraw(context);
  const { status } = error;
  const headers = responseHeaders(status, error.message, error.challenge, form.realm);
  put(headers, context);
  const { body, type } = wordingOf(error, context, form);
  const copy = copyForResponse(error, { headers: { ...headers, ...sharedHeaders(context) }, body });
  prepared.set(context, { error: copy, headers });
  beforeSending(context, (sent) => {
    if (!isPrepared(copy, context)) return;
    if (sent === status) {
      put(headers, context);
      setType(context, copy, type);
    } else {
      // Middleware of the application turned the error into another response.
      withdraw(context);
    }
  });
  return copy;
}

/** Undoes what `@Header` of the method did to the challenge. */
export function restoreChallenge(context: Context): void {
  const challenge = prepared.get(context)?.error.headers[challengeName];
  if (challenge !== undefined) context.set(challengeName, challenge);
}

/** A response may have several challenges: those that other middleware has set stay (RFC 9110, section 11.6.1). */
function put(headers: Readonly<Record<string, string>>, context: Context): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name !== challengeName) context.set(name, value);
    else if (!challengesOf(context).some((line) => line.includes(value))) context.append(name, value);
  }
}

/** Removes the headers that belong to an error alone. `no-store` does no harm to another response. */
function withdraw(context: Context): void {
  for (const [name, value] of Object.entries(prepared.get(context)?.headers ?? {})) {
    if (name === challengeName) withdrawChallenge(value, context);
    else if (name !== 'Cache-Control' && context.response.get(name) === value) context.remove(name);
  }
}

function withdrawChallenge(value: string, context: Context): void {
  const others = challengesOf(context).flatMap((line) => {
    if (line === value) return [];
    return line.endsWith(`, ${value}`) ? [line.slice(0, -value.length - 2)] : [line];
  });
  if (others.length > 0) context.set(challengeName, others);
  else context.remove(challengeName);
}

function challengesOf({ res }: Context): string[] {
  return [res.getHeader(challengeName) ?? []].flat().map(String);
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
  const { msg, ...rest } = originalOf(error).toJSON() as { msg: string };
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

/** The headers of the response that the error has in common with others, for Koa. */
function sharedHeaders(context: Context): Record<string, string> {
  const challenges = challengesOf(context);
  // Absent, it is undefined to one Koa and an empty string to another, and Koa dies of an undefined header.
  const vary = context.response.get('Vary') as string | undefined;
  return {
    ...(challenges.length > 0 && { [challengeName]: challenges.join(', ') }),
    ...(vary && { Vary: vary }),
  };
}
