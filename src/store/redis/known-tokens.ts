import type { RevocationQuery } from '../token-store';

/** A token that Redis found alive. */
export interface KnownToken {
  readonly sessionId: string | undefined;
  readonly subject: string;
  /** How many changes there had been in the shard of the token. */
  readonly count: number;
  /** When its session ends, Unix seconds. */
  readonly expiresAt: number;
  /** Until when it may be believed, on the clock of `performance.now()`. */
  readonly until: number;
}

/** How many are kept. */
const most = 20_000;

/** Milliseconds, less than the time for which the feed is kept: whatever happens to the token meanwhile is known. */
const longest = 1_800_000;

/** Tokens from before the feed began, which Redis found alive. The oldest go first. */
export class KnownTokens {
  readonly #tokens = new Map<string, KnownToken>();

  add({ jti, sessionId, subject }: RevocationQuery, count: number, expiresAt: number): void {
    const until = performance.now() + longest;
    this.#tokens.delete(jti);
    this.#tokens.set(jti, { sessionId, subject, count, expiresAt, until });
    if (this.#tokens.size <= most) return;
    const [oldest = ''] = this.#tokens.keys();
    this.#tokens.delete(oldest);
  }

  /** @param count how many changes there were when nothing had happened yet to what is asked about */
  find({ jti, sessionId, subject, now }: RevocationQuery, count: number): KnownToken | undefined {
    const known = this.#tokens.get(jti);
    if (!known || known.count < count || !isAlive(known, now)) return undefined;
    return known.sessionId === sessionId && known.subject === subject ? known : undefined;
  }
}

/** Whether a token that Redis found alive still is, as long as nothing happens to it. */
export function isAlive({ expiresAt, until }: KnownToken, now: number): boolean {
  return now < expiresAt && performance.now() <= until;
}
