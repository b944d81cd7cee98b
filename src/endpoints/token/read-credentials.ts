import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { BadRequestError } from 'routing-controllers';
import { isPlainObject } from '../../util/json';

/**
 * Makes an instance of the class of the body of a login and validates it, whatever the server's own settings are.
 *
 * @throws BadRequestError of routing-controllers, without the submitted values, which would have the password
 */
export async function readCredentials<T extends object>(credentials: new () => T, body: unknown): Promise<T> {
  // routing-controllers makes a list of instances of a JSON list.
  if (!isPlainObject(body)) throw invalidBody([]);
  const given = body instanceof credentials ? body : plainToInstance(credentials, body as object);
  const errors = await validate(given, { validationError: { target: false, value: false } });
  if (errors.length > 0) throw invalidBody(errors);
  return given;
}

function invalidBody(errors: readonly ValidationError[]): BadRequestError {
  const error = new BadRequestError("Invalid body, check 'errors' property for more info.");
  // For Koa and Express where routing-controllers does not handle errors. Its own handler would copy them to the body.
  for (const [name, value] of [
    ['status', 400],
    ['expose', true],
  ] as const)
    Object.defineProperty(error, name, { value, writable: true, configurable: true });
  return Object.assign(error, { errors, stack: undefined });
}
