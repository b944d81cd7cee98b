import { JwtError, markReported, reasonFor } from './errors';
import type { ManagerEvents, RejectionDetails } from './events';
import type { Token } from './token/token';
import type { Emitter } from './util/emitter';

/** What is known of a call while it is judged. */
export interface Attempt {
  token?: Token<object>;
}

/** Tells operators what was refused, and why. */
export class Rejections {
  readonly #events: Emitter<ManagerEvents>;

  constructor(events: Emitter<ManagerEvents>) {
    this.#events = events;
  }

  report(error: JwtError, token?: Token<object>, details?: RejectionDetails): void {
    this.#events.emit('rejected', {
      code: error.code,
      error,
      ...reasonFor(error),
      ...(token && { identity: token.identity, tokenId: token.id, sessionId: token.sessionId }),
      ...details,
    });
  }

  /** Runs a call of the application's; what it refuses is told here, and not again where the request is answered. */
  async watch<T>(run: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt: Attempt = {};
    try {
      return await run(attempt);
    } catch (error) {
      if (error instanceof JwtError) this.report(markReported(error), attempt.token);
      throw error;
    }
  }
}
