import { ConfigurationError } from '../errors/errors';
import { maximumLength } from './compact';

/** Shorter tokens could not even hold the registered claims under every algorithm. */
const minimumLength = 1024;

/** How long a token of a manager may be, in characters. */
export class TokenLimit {
  readonly #given: number | undefined;
  #length: number;

  /**
   * @param given the option `maxTokenLength`
   * @param name what errors call it
   * @throws {@link ConfigurationError} when it is not a whole number in range
   */
  constructor(given: unknown, name = 'maxTokenLength') {
    if (given !== undefined && !isLength(given))
      throw new ConfigurationError(
        `${name} must be a whole number from ${String(minimumLength)} to ${String(maximumLength)}`,
      );
    this.#given = given;
    this.#length = given ?? maximumLength;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Tokens travel in a place of this size from now on.
   *
   * @param length in characters
   * @param place its name, for the error
   * @throws {@link ConfigurationError} when the option allows longer ones
   */
  fit(length: number, place: string): void {
    this.#length = Math.min(this.#length, length);
    if (this.#given !== undefined && this.#given > length)
      throw new ConfigurationError(
        `JwtManager: maxTokenLength must be at most ${String(length)}, which is all that fits in the location '${place}'`,
      );
  }
}

function isLength(given: unknown): given is number {
  return Number.isSafeInteger(given) && Number(given) >= minimumLength && Number(given) <= maximumLength;
}
