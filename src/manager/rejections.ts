import {
  JwtError,
  markReported,
  originalOf,
  reasonFor,
  StoreUnavailableError,
  type TokenOwner,
} from '../errors/errors';
import { frozenCopyOf } from '../errors/copies';
import type { ManagerEvents, RejectionDetails } from './events';
import type { Token } from '../token/token';
import type { Emitter } from '../util/emitter';
import { warn } from '../util/warn';

const advice =
  "Listen to the event 'rejected' of the JwtManager to get the cause and the request. " +
  'This warning is shown once for each reason.';

/** Messages of a ConfigurationError are also reasons, and an application could create any number of them. */
const maximumWarnings = 100;

/** Failures of a store that nothing has reported yet. */
const unreported = new Set<Error>();

/** Milliseconds in which an error finds its way to a response: methods may roll back, or release something, before. */
const reportAfter = 2000;

/** The known details of a call while it is checked. */
export interface Attempt {
  token?: Token<object>;
}

/** Emits the event `rejected`. */
export class Rejections {
  readonly #events: Emitter<ManagerEvents>;
  readonly #warned = new Set<string>();

  constructor(events: Emitter<ManagerEvents>) {
    this.#events = events;
  }

  report(error: JwtError, token?: Token<object>, details?: RejectionDetails): void {
    if (unreported.size > 0) forget(error);
    if (!this.#events.isHeard('rejected')) {
      if (error.status >= 500) this.#warnOf(error);
      return;
    }
    const { reason, cause, ...owner } = reasonFor(error);
    this.#events.emit('rejected', {
      code: error.code,
      reason,
      ...(cause !== undefined && { cause }),
      error: frozenCopyOf(error),
      ...(hasOwner(owner) ? owner : ownerOf(token)),
      ...details,
    });
  }

  /** Runs a call of the application. Its rejections are reported here, and not again when the response is written. */
  async watch<T>(run: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt: Attempt = {};
    try {
      return await run(attempt);
    } catch (error) {
      throw this.reported(error, attempt.token);
    }
  }

  /**
   * Waits for a call of the application, such as a login. If its failure becomes a response, it is reported with that
   * request; otherwise, or if the application catches it, without one.
   */
  async reportStoreFailure<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        unreported.add(error);
        const report = () => {
          if (unreported.has(error)) this.report(markReported(error));
        };
        setTimeout(report, reportAfter).unref();
      }
      throw error;
    }
  }

  /** Reports an error that a call of the application throws. @returns the error */
  reported(error: unknown, token: Token<object> | undefined): unknown {
    if (error instanceof JwtError) this.report(markReported(error), token);
    return error;
  }

  /** A store without its tables must not be a riddle. Causes are left out: they may contain claims, keys or tokens. */
  #warnOf(error: JwtError): void {
    const { reason } = reasonFor(error);
    if (this.#warned.size >= maximumWarnings || this.#warned.has(reason)) return;
    this.#warned.add(reason);
    warn('JwtRejectionWarning', `${error.code}: ${reason}. ${advice}`);
  }
}

/** An error is reported together with those that caused it. */
function forget(error: unknown): void {
  for (let each = error; each instanceof JwtError; each = reasonFor(each).cause)
    unreported.delete(originalOf(each));
}

function hasOwner({ identity, tokenId, sessionId }: TokenOwner): boolean {
  return [identity, tokenId, sessionId].some((value) => value !== undefined);
}

function ownerOf(token: Token<object> | undefined): TokenOwner {
  if (!token) return {};
  const { identity, actor, id: tokenId, sessionId } = token;
  return { identity, ...(actor !== undefined && { actor }), tokenId, sessionId };
}
