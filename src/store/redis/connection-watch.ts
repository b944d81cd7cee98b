/** The connection counts as lost without any response for this many times the timeout of a caller. */
const factor = 3;

/** More slots are not watched: the ids of sessions may come from requests. */
const most = 256;

/** A command that nothing was heard of yet. */
interface Unanswered {
  readonly sentAt: number;
  /** The longest timeout of all commands since then: a retry has little time left. */
  patience: number;
}

/**
 * Notices a connection that was lost without notice, as behind a load balancer or NAT: the client takes it for open,
 * and nothing comes back. It is watched for each slot, as a client of a cluster has several connections.
 *
 * All times are milliseconds on the clock of `performance.now()`.
 */
export class ConnectionWatch {
  readonly #isOpen: () => boolean;
  readonly #unanswered = new Map<string, Unanswered>();
  #hasWarned = false;

  /** @param isOpen whether the client considers its connection open; a known loss has been reported already */
  constructor(isOpen: () => boolean) {
    this.#isOpen = isOpen;
  }

  /** Takes note that a command is sent, and warns of a slot that has been silent for too long. */
  sent(slot: string, sentAt: number, patience: number): void {
    if (!this.#isOpen()) {
      this.#unanswered.clear();
      return;
    }
    const first = this.#unanswered.get(slot);
    if (first === undefined) {
      if (this.#unanswered.size < most) this.#unanswered.set(slot, { sentAt, patience });
      return;
    }
    first.patience = Math.max(first.patience, patience);
    if (sentAt - first.sentAt > factor * first.patience) this.#warn(sentAt - first.sentAt);
  }

  /** Notes a response, which may be an error of Redis. */
  answered(slot: string): void {
    this.#unanswered.delete(slot);
  }

  #warn(silence: number): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(
      `RedisTokenStore: the client considers its connection open, but Redis has not responded for ${String(Math.round(silence))} ms. ` +
        'If Redis is up, the connection was dropped silently, and the client keeps waiting for it. With redis, use ' +
        'createClientPool({ url }, { minimum: 2, maximum: 20 }). With ioredis, set socketTimeout: 2000.',
      { type: 'JwtRedisConnectionWarning' },
    );
  }
}
