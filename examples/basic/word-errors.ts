import type { ValidationError } from 'class-validator';
import type { Context, Next } from 'koa';
import { BadRequestError, HttpError } from 'routing-controllers';
import { JwtError } from 'routing-controllers-jwt';

/** Answers every error as `{ "msg": … }`, the form that the library's own errors have. */
export async function wordErrors(context: Context, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    const { status, body } = answerTo(error);
    context.status = status;
    context.body = body;
    if (status >= 500) context.app.emit('error', error, context);
  }
}

function answerTo(error: unknown): { status: number; body: object } {
  if (error instanceof JwtError) return { status: error.status, body: error };
  if (error instanceof BadRequestError) return { status: 400, body: { msg: wordsFor(error) } };
  if (error instanceof HttpError) return { status: error.httpCode, body: { msg: error.message } };
  if (isMalformedBody(error)) return { status: error.status, body: { msg: 'Malformed request body' } };
  return { status: 500, body: { msg: 'Internal server error' } };
}

function wordsFor(error: BadRequestError & { errors?: ValidationError[] }): string {
  const [first] = Object.values(error.errors?.[0]?.constraints ?? {});
  return first ?? error.message;
}

/** What the body parser throws: it has a 4xx status of its own. */
function isMalformedBody(error: unknown): error is { status: number } {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error && error.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}
