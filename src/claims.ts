import { plainToInstance } from 'class-transformer';
import { validate, type ValidatorOptions } from 'class-validator';
import { ConfigurationError } from './errors';
import { isPlainObject, isShallow, maximumDepth } from './util/json';
import { within } from './util/within';

/**
 * A class whose class-validator decorators say what the application's own claims look like.
 * @inline
 */
export type ClaimsClass<C extends object> = new () => C;

/**
 * Claims that this library writes and reads itself, and those that tell others what kind of token it is; an
 * application's claim may not take one of their names.
 */
export const registeredClaims: ReadonlySet<string> = new Set(
  'sub jti iat nbf exp auth_time sid gen roles scope iss aud cnf typ token_use'.split(' '),
);

/** Names that turn into something else when an object is copied: never taken, never handed over (CWE-1321). */
const hazardousNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The longest JSON that can fit into a token's 8,192 characters; what is longer is not worth a signature. */
const maximumSize = 6144;

/**
 * The application's claims as they may go into a token.
 *
 * @throws {@link ConfigurationError} when they are no plain JSON object or one has a name that is not theirs to use
 */
export function checkedOwnClaims(claims: unknown): Record<string, unknown> {
  const text = isPlainObject(claims) ? stringify(claims) : 'null';
  if (text.length > maximumSize)
    throw new ConfigurationError(
      `claims are too large: at most ${String(maximumSize)} characters of JSON fit into a token`,
    );
  const json: unknown = JSON.parse(text);
  if (!isPlainObject(json)) throw new ConfigurationError('claims must be an object');
  if (!isShallow(json))
    throw new ConfigurationError(`claims must be nested at most ${String(maximumDepth)} deep`);
  // Both, as toJSON can say something else than the object has.
  const names = [...Object.getOwnPropertyNames(claims), ...Object.keys(json)];
  const taken =
    names.find((name) => registeredClaims.has(name)) ??
    [...names, ...namesIn(json)].find((name) => hazardousNames.has(name));
  if (taken !== undefined)
    throw new ConfigurationError(`claims may not contain '${taken}': the name is taken, choose another`);
  return json;
}

function stringify(claims: object): string {
  try {
    const text: unknown = JSON.stringify(claims);
    return typeof text === 'string' ? text : 'null';
  } catch (cause) {
    throw new ConfigurationError(
      `claims must be JSON: ${cause instanceof RangeError ? 'less nesting' : 'no cycle, no bigint'}`,
    );
  }
}

/** The names of all members, at any depth. */
function namesIn(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  const nested = Object.values(json).flatMap(namesIn);
  return Array.isArray(json) ? nested : [...Object.keys(json), ...nested];
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

/** How claims are checked against their class. */
export interface ClaimsCheck {
  /**
   * At issue: a claim that the class does not know is refused. Without, at verify, it is left out, so that a class may
   * lose a member while tokens with it are still out.
   */
  readonly strict: boolean;
  /** Seconds that the decorators may take. */
  readonly timeout: number;
}

/**
 * Checks the application's claims against their class and returns an instance of it, frozen all the way down.
 *
 * @returns undefined when they do not fit
 * @throws what a decorator throws, or a TimeoutError
 */
export async function instanceOfClaims<C extends object>(
  claimsClass: ClaimsClass<C>,
  claims: Record<string, unknown>,
  { strict, timeout }: ClaimsCheck,
): Promise<C | undefined> {
  const instance = plainToInstance(claimsClass, claims);
  const options: ValidatorOptions = {
    whitelist: true,
    forbidNonWhitelisted: strict,
    forbidUnknownValues: true,
  };
  const failures = await within(timeout * 1000, validate(instance, options));
  return failures.length === 0 ? frozen(instance) : undefined;
}

/** Freezes everything that a decorator made of the claims; views of bytes cannot be frozen. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value))
    return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
}
