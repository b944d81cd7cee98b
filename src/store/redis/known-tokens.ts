import type { RevocationQuery } from '../token-store';

/** A token that Redis found alive. */
export interface KnownToken {
  readonly sessionId: string | undefined;
  readonly subject: string;
  /** How many changes there had been in the shard of the token. */
  readonly count: number;
  /** Until when it may be believed, Unix seconds: its session ends, or it is asked about again. */
  readonly until: number;
}

/** How many are kept. */
const most = 20_000;

/**
 * Seconds on the clock of those who ask, which is that of Redis but for half an hour: even so, they are less than the time for
 * which the feed is kept, and whatever happens to the token meanwhile is known. In a process that was suspended, other clocks
 * stand still.
 */
const longest = 1800;

/** Tokens from before the feed began, which Redis found alive. The oldest go first. */
export class KnownTokens {
  readonly #tokens = new Map<string, KnownToken>();

  add({ jti, sessionId, subject, now }: RevocationQuery, count: number, expiresAt: number): void {
    const until = Math.min(expiresAt, now + longest);
    this.#tokens.delete(jti);
    this.#tokens.set(jti, { sessionId, subject, count, until });
    if (this.#tokens.size <= most) return;
    const [oldest = ''] = this.#tokens.keys();
    this.#tokens.delete(oldest);
  }

  /** @param count how many changes there were when nothing had happened yet to what is asked about */
  find({ jti, sessionId, subject, now }: RevocationQuery, count: number): KnownToken | undefined {
    const known = this.#tokens.get(jti);
    if (!known || known.count < count || now >= known.until) return undefined;
    return known.sessionId === sessionId && known.subject === subject ? known : undefined;
  }
}
