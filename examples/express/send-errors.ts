import type { ValidationError } from 'class-validator';
import type { NextFunction, Request, Response } from 'express';
import { HttpError } from 'routing-controllers';
import { JwtError } from 'routing-controllers-jwt';

/** Sends every error as `{ "msg": … }`, the form that the library's own errors have. */
export function sendErrors(error: unknown, _: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  if (error instanceof JwtError) response.status(error.status).json(error);
  else if (error instanceof HttpError) response.status(error.httpCode).json({ msg: messageOf(error) });
  else if (isMalformed(error)) response.status(error.status).json({ msg: 'Malformed request body' });
  else {
    console.error(error);
    response.status(500).json({ msg: 'Internal server error' });
  }
}

/** The first message of class-validator, or the error's own. */
function messageOf(error: HttpError & { errors?: ValidationError[] }): string {
  const [first] = Object.values(error.errors?.[0]?.constraints ?? {});
  return first ?? error.message;
}

/** Whether the body parser rejected the request. */
function isMalformed(error: unknown): error is { status: number } {
  const { status } = Object(error) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500;
}
