import { ConfigurationError, InvalidRequestError, withReason } from '../../errors/errors';
import { isHttpToken } from '../http-token';
import { readOptions } from '../../util/options';
import type { HttpRequest } from '../request/http-request';
import type { LocationDescription, TokenLocation } from './token-location';

/**
 * The options of a {@link BearerHeader}.
 *
 * @example
 * ```ts
 * const options: BearerHeaderOptions = { header: 'X-Token', scheme: '' };
 * ```
 */
export interface BearerHeaderOptions {
  /** @default 'Authorization' */
  readonly header?: string | undefined;
  /** The scheme before the token, whatever its case; `''` when the token stands alone. @default 'Bearer' */
  readonly scheme?: string | undefined;
}

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
  readonly #usualStart: string;

  /** @throws {@link ConfigurationError} when an option cannot be part of a header */
  constructor(options: BearerHeaderOptions = {}) {
    const own = readOptions('BearerHeader', options, ['header', 'scheme']);
    const { header = 'Authorization', scheme = 'Bearer' } = own;
    if (!isHttpToken(header)) throw new ConfigurationError("header must be a header's name");
    if (scheme !== '' && !isHttpToken(scheme))
      throw new ConfigurationError("scheme must be a word, such as 'Bearer'");
    this.name = `${header} Header`;
    this.vary = header;
    this.#header = header.toLowerCase();
    this.#scheme = scheme.toLowerCase();
    this.#usualStart = scheme === '' ? '' : `${scheme} `;
  }

  /** @internal How many characters of {@link BearerHeader.whole} are in front of the token. */
  get lead(): number {
    return this.#usualStart.length;
  }

  /**
   * @internal The whole header, if everything behind the scheme in its usual case is the token, or nothing is one.
   *
   * @throws what `read` throws for a header that comes twice
   */
  whole({ req }: HttpRequest): string | undefined {
    // A method that was replaced may read more, and so may one that was added.
    if (this.read !== read || 'confirm' in this) return undefined;
    const value = onlyValue(req, this.#header);
    return value?.startsWith(this.#usualStart) ? value : undefined;
  }

  read({ req }: HttpRequest): string | undefined {
    const value = onlyValue(req, this.#header);
    if (value === undefined) return undefined;
    const text = this.#scheme === '' ? value : this.#afterScheme(value);
    if (text !== undefined && !b64token.test(text)) throw malformed('no token behind the scheme');
    return text;
  }

  describe(): LocationDescription {
    const isBearer = this.#header === 'authorization' && this.#scheme === 'bearer';
    return isBearer ? { scheme: 'bearer' } : { in: 'header', name: this.vary };
  }

  #afterScheme(value: string): string | undefined {
    const { length } = this.#scheme;
    if (value.slice(0, length).toLowerCase() !== this.#scheme) return undefined;
    const next = value.charAt(length);
    if (isHttpToken(next)) return undefined;
    return next === ' ' ? value.slice(length + 1) : '';
  }
}

const { read, whole } = BearerHeader.prototype as { readonly read: unknown; readonly whole: unknown };

/**
 * @internal Returns the location if what it reads depends on {@link BearerHeader.whole} alone: two requests in which that
 * is equal have the same token. A subclass may have a method of that name for something else.
 */
export function asPlainHeader(location: TokenLocation | undefined): BearerHeader | undefined {
  return location instanceof BearerHeader && location.whole === whole ? location : undefined;
}

/**
 * The value of a header as the application has it: a middleware may have set or deleted it.
 *
 * @throws InvalidRequestError (`ERR_JWT_REQUEST`) when the request has the header twice
 */
function onlyValue({ headers, rawHeaders }: HttpRequest['req'], header: string): string | undefined {
  const value: unknown = Object.hasOwn(headers, header) ? headers[header] : undefined;
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (first === undefined) return undefined;
  const isList = Array.isArray(value) && value.length > 1;
  // Of two Authorization headers, Node keeps the first silently; an adapter may have no raw headers at all.
  if (isList || timesIn(rawHeaders, header) > 1) throw malformed('header twice');
  if (typeof first !== 'string') throw malformed('header is no text');
  return first;
}

/** @internal How often a request has a header; 0 where an adapter keeps no raw headers. */
export function timesIn(rawHeaders: readonly string[] = [], header: string): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === header.length && name.toLowerCase() === header) times++;
  }
  return times;
}

function malformed(reason: string): InvalidRequestError {
  return withReason(new InvalidRequestError('Malformed authorization header'), reason);
}
