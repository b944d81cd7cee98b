import { isPlainObject } from '../../util/json';
import type { HttpRequest } from '../request/http-request';
import type { TokenType } from '../../token/token';
import { hasMembersTwice } from '../../token/strict-json';
import { malformedParameter, onlyText, parameterName } from './parameter-name';
import type { TokenLocation } from './token-location';

/** The type of a form that is sent without files. */
const form = /^application\/x-www-form-urlencoded\b/i;

/**
 * The token in the body of the request, JSON or a form (RFC 6750, section 2.2): for a refresh route, above all.
 *
 * routing-controllers parses JSON and forms before any route runs, whether the method asks for `@Body()` or not. Other
 * bodies, such as multipart, have no fields here, and the body of a GET or HEAD request is never read (RFC 6750,
 * section 2.2). A field that is no text, empty, or there twice is a malformed request.
 *
 * @example
 * ```ts
 * @Post('/refresh')
 * @JwtRefreshRequired({ locations: [new BodyField()] })
 * refresh(@InjectToken() token: Token) {
 *   return jwtManager.refresh(token);
 * }
 * ```
 */
export class BodyField implements TokenLocation {
  readonly name: string;
  readonly #fields: Readonly<Record<TokenType, string>>;

  /**
   * @param access the field that holds an access token
   * @param refresh the field that holds a refresh token
   * @param ticket the field that holds a ticket
   * @throws {@link ConfigurationError} when one is no name
   */
  constructor(access = 'access_token', refresh = 'refresh_token', ticket = 'ticket') {
    this.#fields = {
      access: parameterName(access, 'BodyField, the first argument,'),
      refresh: parameterName(refresh, 'BodyField, the second argument,'),
      ticket: parameterName(ticket, 'BodyField, the third argument,'),
    };
    this.name = this.nameFor('any');
  }

  nameFor(type: TokenType | 'any'): string {
    return `body field ${this.#fieldsFor(type)
      .map((field) => `'${field}'`)
      .join(' or ')}`;
  }

  read({ method, body, rawBody, headers }: HttpRequest, type: TokenType | 'any'): string | undefined {
    if (['GET', 'HEAD'].includes(method) || !isPlainObject(body)) return undefined;
    const [field, another] = this.#fieldsFor(type).filter((name) => Object.hasOwn(body, name));
    if (field === undefined) return undefined;
    if (another !== undefined) throw malformedParameter('two tokens in the body');
    // A parser may take other types than application/json for JSON.
    if (
      rawBody !== undefined &&
      !form.test(String(headers['content-type'])) &&
      hasMembersTwice(body, rawBody)
    )
      throw malformedParameter('member twice');
    return onlyText(body[field]);
  }

  #fieldsFor(type: TokenType | 'any'): string[] {
    if (type !== 'any') return [this.#fields[type]];
    const { access, refresh } = this.#fields;
    return [...new Set([access, refresh])];
  }
}
