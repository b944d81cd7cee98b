import { answerPrivately } from '../answer/guard-response';
import type { HttpRequest } from '../request/http-request';
import { malformedParameter, onlyText, parameterName } from './parameter-name';
import type { LocationDescription, TokenLocation } from './token-location';

/**
 * The token in the query of the URL, for what cannot set a header: a download link, an `EventSource` (RFC 6750,
 * section 2.3).
 *
 * URLs end up in logs, histories and `Referer` headers (RFC 9700, section 4.3.2): give it to the one route that needs
 * it, with tokens that live for minutes. Answers to a request with such a token say `Cache-Control: private`, rejections
 * `no-store`. The parameter twice, or empty, is a malformed request.
 *
 * @example
 * ```ts
 * @Get('/report.pdf')
 * @JwtRequired({ locations: [new QueryParameter('jwt')] })
 * report(@InjectToken() token: Token) {
 *   return reportFor(token.identity);
 * }
 * ```
 */
export class QueryParameter implements TokenLocation {
  readonly name: string;
  readonly #parameter: string;

  /**
   * @param parameter what it is called in the query
   * @throws {@link ConfigurationError} when it is no name
   */
  constructor(parameter = 'jwt') {
    this.#parameter = parameterName(parameter, 'QueryParameter');
    this.name = `query parameter '${parameter}'`;
  }

  read(request: HttpRequest): string | undefined {
    const values = request.query.getAll(this.#parameter);
    if (values.length === 0) return undefined;
    answerPrivately(request);
    if (values.length > 1) throw malformedParameter('query parameter twice');
    return onlyText(values[0]);
  }

  describe(): LocationDescription {
    return { in: 'query', name: this.#parameter };
  }
}
