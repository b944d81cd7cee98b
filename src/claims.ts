import { plainToInstance } from 'class-transformer';
import { validate, type ValidatorOptions } from 'class-validator';
import { ConfigurationError } from './errors';

/** A class whose class-validator decorators say what the application's own claims look like. */
export type ClaimsClass<C extends object> = new () => C;

/** Claims that this library writes and reads itself; an application's claim may not take one of their names. */
export const registeredClaims: ReadonlySet<string> = new Set(
  'sub jti iat nbf exp auth_time sid gen roles scope iss aud cnf'.split(' '),
);

/** Names that turn into something else when an object is copied: never taken, never handed over (CWE-1321). */
const hazardousNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** How deep the JSON of a token may be nested: what a handler returns must survive every recursive copy. */
export const maximumDepth = 32;

/**
 * The application's claims as they may go into a token.
 *
 * @throws {@link ConfigurationError} when they are no plain JSON object or one has a name that is not theirs to use
 */
export function checkedOwnClaims(claims: unknown): Record<string, unknown> {
  if (!isPlainObject(claims)) throw new ConfigurationError('claims must be an object');
  for (const name of Object.getOwnPropertyNames(claims)) {
    if (registeredClaims.has(name) || hazardousNames.has(name)) {
      throw new ConfigurationError(`claims may not contain '${name}': the name is taken, choose another`);
    }
  }
  const json: unknown = JSON.parse(stringify(claims));
  if (!isPlainObject(json) || !isShallow(json)) {
    throw new ConfigurationError(`claims must be nested at most ${String(maximumDepth)} deep`);
  }
  return json;
}

function stringify(claims: object): string {
  try {
    return JSON.stringify(claims);
  } catch (cause) {
    throw new ConfigurationError(
      `claims must be JSON: ${cause instanceof TypeError ? 'no cycle, no bigint' : 'less nesting'}`,
    );
  }
}

/** The application's claims out of a verified token: without the registered ones, frozen. */
export function ownClaims(all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(all)) {
    if (!registeredClaims.has(name) && !hazardousNames.has(name)) own[name] = withoutHazards(all[name]);
  }
  return Object.freeze(own);
}

function withoutHazards(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(withoutHazards));
  const entries = Object.entries(value).filter(([name]) => !hazardousNames.has(name));
  return Object.freeze(Object.fromEntries(entries.map(([name, member]) => [name, withoutHazards(member)])));
}

/**
 * Checks the application's claims against their class and returns an instance of it, frozen.
 *
 * @param strict at issue: a claim that the class does not know is refused. Without, at verify, it is left out, so
 * that a class may lose a member while tokens with it are still out
 * @returns undefined when they do not fit
 */
export async function instanceOfClaims<C extends object>(
  claimsClass: ClaimsClass<C>,
  claims: Record<string, unknown>,
  strict: boolean,
): Promise<C | undefined> {
  const instance = plainToInstance(claimsClass, claims);
  const options: ValidatorOptions = {
    whitelist: true,
    forbidNonWhitelisted: strict,
    forbidUnknownValues: true,
  };
  const failures = await validate(instance, options);
  return failures.length === 0 ? Object.freeze(instance) : undefined;
}

/** Whether a value is an object as JSON has it: no array, no null, no instance with a life of its own. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether parsed JSON is nested no deeper than {@link maximumDepth}. */
export function isShallow(json: unknown, depth = 0): boolean {
  if (typeof json !== 'object' || json === null) return true;
  return depth < maximumDepth && Object.values(json).every((member) => isShallow(member, depth + 1));
}
