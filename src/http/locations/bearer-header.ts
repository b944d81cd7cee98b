import type { Context } from 'koa';
import { ConfigurationError, InvalidRequestError, because } from '../../errors';
import { checkOptions } from '../../util/options';
import type { TokenLocation } from './token-location';

/** The options of a {@link BearerHeader}. */
export interface BearerHeaderOptions {
  /** @default 'Authorization' */
  readonly header?: string | undefined;
  /** The scheme before the token, whatever its case; `''` when the token stands alone. @default 'Bearer' */
  readonly scheme?: string | undefined;
}

/** An HTTP token (RFC 9110, section 5.6.2). */
const httpToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What may stand behind the scheme (RFC 6750, section 2.1). */
const b64token = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The token in a request header: `Authorization: Bearer <token>` (RFC 6750, section 2.1).
 *
 * The scheme's case does not matter and exactly one space follows it. Another scheme counts as no token; the right
 * scheme with anything but a token behind it, or the header twice, is a malformed request.
 *
 * @example
 * ```ts
 * createAuthorizationChecker(jwtManager, { locations: [new BearerHeader({ header: 'X-Token', scheme: '' })] });
 * ```
 */
export class BearerHeader implements TokenLocation {
  readonly name: string;
  readonly vary: string;
  readonly #header: string;
  readonly #scheme: string;

  /** @throws {@link ConfigurationError} when an option cannot be part of a header */
  constructor(options: BearerHeaderOptions = {}) {
    checkOptions('BearerHeader', options, ['header', 'scheme']);
    const { header = 'Authorization', scheme = 'Bearer' } = options;
    if (!isHttpToken(header)) throw new ConfigurationError("header must be a header's name");
    if (scheme !== '' && !isHttpToken(scheme))
      throw new ConfigurationError("scheme must be a word, such as 'Bearer'");
    this.name = `${header} Header`;
    this.vary = header;
    this.#header = header.toLowerCase();
    this.#scheme = scheme.toLowerCase();
  }

  read({ req }: Context): string | undefined {
    const values = valuesOf(req.rawHeaders, this.#header);
    if (values.length === 0) return undefined;
    const [value = '', ...others] = values;
    if (others.length > 0) throw malformed('header twice');
    const text = this.#scheme === '' ? value : this.#afterScheme(value);
    if (text !== undefined && !b64token.test(text)) throw malformed('no token behind the scheme');
    return text;
  }

  #afterScheme(value: string): string | undefined {
    const { length } = this.#scheme;
    if (value.slice(0, length).toLowerCase() !== this.#scheme) return undefined;
    const next = value.charAt(length);
    if (httpToken.test(next)) return undefined;
    return next === ' ' ? value.slice(length + 1) : '';
  }
}

/** All values of a header; of two Authorization headers, Node keeps the first silently. */
function valuesOf(rawHeaders: readonly string[], header: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === header);
}

/** @internal Whether a value can be the name of a header. */
export function isHttpToken(value: unknown): value is string {
  return typeof value === 'string' && httpToken.test(value);
}

function malformed(reason: string): InvalidRequestError {
  return because(new InvalidRequestError('Malformed authorization header'), reason);
}
