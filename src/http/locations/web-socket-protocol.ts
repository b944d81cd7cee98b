import { withReason, ConfigurationError, InvalidRequestError } from '../../errors/errors';
import { isHttpToken } from '../http-token';
import type { HttpRequest } from '../request/http-request';
import type { TokenLocation } from './token-location';

/**
 * The token among the subprotocols of a WebSocket, the only header that a page can set on one:
 * `new WebSocket(url, ['chat', 'bearer.' + token])`.
 *
 * Select another subprotocol in the response, never the one with the token. Two tokens in the header are a malformed
 * request.
 *
 * @example
 * ```ts
 * const token = await authenticateUpgrade(jwtManager, request, { locations: [new WebSocketProtocol()] });
 * ```
 */
export class WebSocketProtocol implements TokenLocation {
  readonly name = 'Sec-WebSocket-Protocol Header';
  readonly vary = 'Sec-WebSocket-Protocol';
  readonly #prefix: string;

  /**
   * @param prefix what the subprotocol with the token begins with
   * @throws {@link ConfigurationError} when it cannot be part of a subprotocol
   */
  constructor(prefix = 'bearer.') {
    if (!isHttpToken(prefix))
      throw new ConfigurationError("WebSocketProtocol: the prefix must be a word, such as 'bearer.'");
    this.#prefix = prefix;
  }

  read({ headers }: HttpRequest): string | undefined {
    const offered = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim()) ?? [];
    const [first, ...others] = offered.filter((protocol) => protocol.startsWith(this.#prefix));
    if (first === undefined) return undefined;
    const text = first.slice(this.#prefix.length);
    if (others.length > 0) throw malformed('two tokens among the subprotocols');
    if (text === '') throw malformed('no token in the subprotocol');
    return text;
  }
}

function malformed(reason: string): InvalidRequestError {
  return withReason(new InvalidRequestError('Malformed WebSocket protocol'), reason);
}
