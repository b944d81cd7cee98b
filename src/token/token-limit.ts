import { ConfigurationError } from '../errors/errors';
import { maximumLength } from './compact';

/** What a cookie has room for, next to the longest name and its mark: browsers drop one of more than 4096 bytes. */
const cookieLength = 3800;

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
   * Tokens travel in cookies from now on.
   *
   * @throws {@link ConfigurationError} when the option allows longer ones
   */
  fitCookies(): void {
    this.#length = Math.min(this.#length, cookieLength);
    if (this.#given !== undefined && this.#given > cookieLength)
      throw new ConfigurationError(
        `JwtManager: maxTokenLength must be at most ${String(cookieLength)} where TokenCookies carries the tokens, because browsers drop larger cookies`,
      );
  }
}

function isLength(given: unknown): given is number {
  return Number.isSafeInteger(given) && Number(given) >= minimumLength && Number(given) <= maximumLength;
}
