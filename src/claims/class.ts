import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError, type ValidatorOptions } from 'class-validator';
import { ConfigurationError } from '../errors/errors';
import { immutable } from '../util/immutable';
import { within } from '../util/within';

/**
 * A class whose class-validator decorators describe your own claims.
 * @inline
 */
export type ClaimsClass<C extends object> = new () => C;

/** How claims are checked against their class. */
export interface ClaimsCheck {
  /**
   * For issuing: a claim that the class does not have is rejected. Otherwise, for verifying, it is omitted, so that
   * you can remove a member while tokens with it are still in use.
   */
  readonly strict: boolean;
  /** Seconds that the decorators may take. */
  readonly timeout: number;
}

/** What became of the check: an instance of the class, or the names of the claims that do not fit. */
export type ClaimsVerdict<C> = { readonly instance: C } | { readonly misfits: readonly string[] };

/** @throws {@link ConfigurationError} when it is no class, or one without decorators, which would check nothing */
export function checkClaimsClass(claims: unknown, name: string): void {
  if (typeof claims !== 'function') throw new ConfigurationError(`${name} must be a class`);
  const decorators = getMetadataStorage().getTargetValidationMetadatas(claims, '', true, false);
  if (decorators.length > 0) return;
  throw new ConfigurationError(
    `${name} must be a class with class-validator decorators, such as @IsString() or @Allow(), on its members`,
  );
}

/**
 * Checks the application's claims against their class and makes an instance of it, immutable at every depth.
 *
 * @returns the instance in an object: by itself, one with a method `then` would be waited for as a promise
 * @throws what a decorator throws, or a TimeoutError
 */
export async function instanceOfClaims<C extends object>(
  claimsClass: ClaimsClass<C>,
  claims: Record<string, unknown>,
  { strict, timeout }: ClaimsCheck,
): Promise<ClaimsVerdict<C>> {
  const instance = plainToInstance(claimsClass, claims);
  const options: ValidatorOptions = {
    whitelist: true,
    forbidNonWhitelisted: strict,
    forbidUnknownValues: true,
  };
  const failures = await within(timeout * 1000, validate(instance, options));
  return failures.length === 0 ? { instance: immutable(instance) } : { misfits: failures.flatMap(namesOf) };
}

/** At every depth. Names only, because values must not be revealed. */
function namesOf({ property, children = [] }: ValidationError): string[] {
  const nested = children.flatMap(namesOf);
  return nested.length === 0 ? [property] : nested.map((name) => `${property}.${name}`);
}
