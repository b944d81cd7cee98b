import type { ValidationError } from 'class-validator';
import type { Context, Next } from 'koa';
import { HttpError } from 'routing-controllers';
import { JwtError } from 'routing-controllers-jwt';

interface Answer {
  status: number;
  body: object;
}

interface KoaError {
  status: number;
  expose: boolean;
  message: string;
  code: string;
}

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

function answerTo(error: unknown): Answer {
  if (error instanceof JwtError) return { status: error.status, body: error };
  if (error instanceof HttpError) return { status: error.httpCode, body: { msg: wordsFor(error) } };
  return answerToKoa(Object(error) as Partial<KoaError>);
}

/** The first thing that class-validator found, or what the error says. */
function wordsFor(error: HttpError & { errors?: ValidationError[] }): string {
  const [first] = Object.values(error.errors?.[0]?.constraints ?? {});
  return first ?? error.message;
}

/** What Koa and its body parser throw: a status, and whether the message is for clients. */
function answerToKoa(error: Partial<KoaError>): Answer {
  // A body that cannot be decompressed comes without a status.
  const { code, status = code?.startsWith('Z_') ? 400 : 500, expose, message } = error;
  if (expose) return { status, body: { msg: message } };
  return { status, body: { msg: status < 500 ? 'Malformed request body' : 'Internal server error' } };
}
