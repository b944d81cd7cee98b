import type { ServerResponse } from 'node:http';
import type { JwtError } from '../../errors/errors';
import { copyForResponse, copyOf } from '../../errors/copies';
import { originalOf } from '../../errors/errors';
import { createNotes } from '../../util/notes';
import { ignore, isPromiseLike } from '../../util/promises';
import { responseHeaders } from '../../errors/response-headers';
import type { HttpRequest } from '../request/http-request';
import { beforeSending, type Adjustment } from './before-sending';
import { extraParameters, type ExtendChallenge } from './challenge-parameters';
import { linesOf, removeHeader, setHeader } from './header-fields';

/** Makes the body of an error for a request. */
export type FormatError = (error: JwtError, request: HttpRequest) => object;

const challengeName = 'WWW-Authenticate';

/** How rejections are worded. */
export interface RejectionForm {
  readonly realm: string;
  readonly errorMessageKey: string;
  readonly formatError: FormatError | undefined;
  readonly challenge: ExtendChallenge | undefined;
}

/** An error that a request is answered with, and the headers that belong to it alone. */
interface Prepared {
  readonly error: JwtError;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly type: string | undefined;
}

/** The last error of each response. Earlier ones were caught. */
const prepared = createNotes<Prepared>();

/** Whether {@link prepareRejection} returned this error for this request. */
export function isPrepared(error: JwtError, { res }: HttpRequest): boolean {
  return prepared.get(res)?.error === error;
}

/**
 * Prepares the response to an error. Its headers are set on the response, for the error handler of routing-controllers,
 * which takes no headers from an error. They are on the returned error as well, for Koa, which wipes those of the
 * response, and for Express.
 *
 * @returns the copy of the error to throw
 */
export function prepareRejection(error: JwtError, request: HttpRequest, form: RejectionForm): JwtError {
  const { res } = request;
  withdraw(res);
  const { status } = error;
  const headers = headersFor(error, request, form);
  put(headers, res);
  const { body, type } = errorBodyOf(error, request, form);
  const copy = copyForResponse(error, { headers: { ...headers, ...sharedHeaders(res) }, body });
  prepared.set(res, { error: copy, status, headers, type });
  beforeSending(res, asPrepared);
  return copy;
}

const asPrepared: Adjustment = {
  adjust: (res, sent) => {
    const { status, headers, type } = prepared.get(res) as Prepared;
    if (sent === status) {
      put(headers, res);
      if (type !== undefined && isJson(res)) setHeader(res, 'Content-Type', type);
    } else {
      // Middleware of the application turned the error into another response.
      withdraw(res);
    }
  },
};

function headersFor(error: JwtError, request: HttpRequest, form: RejectionForm): Record<string, string> {
  const { status, message, challenge, retryAfter } = error;
  const hasChallenge = status === 401 || challenge !== undefined;
  const extra = hasChallenge ? extraParameters(form.challenge, error, request) : [];
  return responseHeaders(status, message, challenge, form.realm, extra, retryAfter);
}

/** A response may have several challenges: those that other middleware has set stay (RFC 9110, section 11.6.1). */
function put(headers: Readonly<Record<string, string>>, res: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name !== challengeName) setHeader(res, name, value);
    else if (!linesOf(res, name).some((line) => line.includes(value)))
      setHeader(res, name, [...linesOf(res, name), value]);
  }
}

/** Removes the headers that belong to an error alone. `no-store` does no harm to another response. */
function withdraw(res: ServerResponse): void {
  for (const [name, value] of Object.entries(prepared.get(res)?.headers ?? {})) {
    if (name === challengeName) withdrawChallenge(value, res);
    else if (name !== 'Cache-Control' && res.getHeader(name) === value) removeHeader(res, name);
  }
}

function withdrawChallenge(value: string, res: ServerResponse): void {
  const others = linesOf(res, challengeName)
    .map((line) => line.replace(value, () => '').replace(/^, |, $/, ''))
    .filter((line) => line !== '');
  if (others.length > 0) setHeader(res, challengeName, others);
  else removeHeader(res, challengeName);
}

/** Whether the response has a body in JSON: an error can also be sent as text. */
export function isJson(res: ServerResponse): boolean {
  return /[/+]json\b/i.test(String(res.getHeader('Content-Type')));
}

/** What is said, and the type that it is said to have; undefined: what the host says. */
interface Wording {
  readonly body: object;
  readonly type?: string | undefined;
}

function errorBodyOf(error: JwtError, request: HttpRequest, form: RejectionForm): Wording {
  const { msg, ...rest } = originalOf(error).toJSON() as { msg: string };
  // An error stays an error, whatever the application's function does.
  const own = form.formatError && ownWording(form.formatError, copyOf(error), request);
  return own ?? { body: { [form.errorMessageKey]: msg, ...rest } };
}

/** The application's body as it will be sent; undefined when it is no object in JSON. */
function ownWording(formatError: FormatError, error: JwtError, request: HttpRequest): Wording | undefined {
  const { res } = request;
  const usual = res.getHeader('Content-Type');
  const body = objectInJson(() => formatError(error, request));
  const type = res.getHeader('Content-Type');
  if (usual !== undefined) setHeader(res, 'Content-Type', String(usual));
  else removeHeader(res, 'Content-Type');
  return body && { body, type: type === usual ? undefined : String(type) };
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
function sharedHeaders(res: ServerResponse): Record<string, string> {
  const challenges = linesOf(res, challengeName);
  const vary = linesOf(res, 'Vary');
  return {
    ...(challenges.length > 0 && { [challengeName]: challenges.join(', ') }),
    ...(vary.length > 0 && { Vary: vary.join(', ') }),
  };
}
