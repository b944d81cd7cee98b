import type { ManagerSettings } from '../manager/manager-options';
import { subjectHash } from '../store/shard';
import type { RevocationChange } from '../store/revocation-change';
import type { VerifiedClaims } from '../claims/registered';
import type { SessionEndReason } from './session-end-reason';
import { ignore } from '../util/promises';
import { Subjects } from './subjects';

/** Hears of the end of a token. */
export type EndListener = (reason: SessionEndReason) => unknown;

/** A wait for the end of a token. */
export interface EndWatch {
  /** Ends the wait. */
  readonly stop: () => void;
  /** Ends it with a reason. */
  readonly end: (reason: SessionEndReason) => void;
}

type EndSettings = Pick<ManagerSettings<object>, 'clock' | 'clockTolerance'>;

interface Watch {
  readonly claims: VerifiedClaims;
  readonly subjectHash: string;
  readonly listener: EndListener;
  timer: NodeJS.Timeout | undefined;
}

/** The longest time that a timer can wait, in milliseconds. A longer one fires immediately. */
const longestTimer = 2 ** 31 - 1;

/** Calls a listener when the token that it waits for has come to its end: once. No timer keeps the process alive. */
export class SessionEnds {
  readonly #settings: EndSettings;
  readonly #watches = new Map<string, Set<Watch>>();

  constructor(settings: EndSettings) {
    this.#settings = settings;
  }

  watch(claims: VerifiedClaims, listener: EndListener): EndWatch {
    // A trusted issuer may have a user of the same name.
    const hash = subjectHash(new Subjects(claims.iss).of(claims.sub));
    const watch: Watch = { claims, subjectHash: hash, listener, timer: undefined };
    const watches = this.#watches.get(hash) ?? new Set();
    this.#watches.set(hash, watches.add(watch));
    this.#await(watch);
    const stop = () => {
      this.#remove(watch);
    };
    const end = (reason: SessionEndReason) => {
      this.#end(watch, reason);
    };
    return { stop, end };
  }

  /**
   * Ends the waits for what has been revoked.
   *
   * @param isDead given for a change that others have made: it may be older than a login that is waited for
   */
  apply(change: RevocationChange, isDead?: (claims: VerifiedClaims) => boolean | Promise<boolean>): void {
    for (const watch of [...(this.#watches.get(change.subjectHash) ?? [])]) {
      if (!isMeant(watch.claims, change)) continue;
      const reason = change.kind === 'session' ? change.reason : 'revoked';
      if (isDead && change.kind === 'subject') ignore(this.#endIfDead(watch, reason, isDead));
      else this.#end(watch, reason);
    }
  }

  /** Without an answer the change is believed. */
  async #endIfDead(
    watch: Watch,
    reason: SessionEndReason,
    isDead: (claims: VerifiedClaims) => boolean | Promise<boolean>,
  ): Promise<void> {
    try {
      if (!(await isDead(watch.claims))) return;
    } catch {
      // The listener is called rather once too often.
    }
    this.#end(watch, reason);
  }

  #await(watch: Watch): void {
    const wait = () => {
      if (this.#left(watch) > 0) this.#await(watch);
      else this.#end(watch, 'expired');
    };
    watch.timer = setTimeout(wait, Math.min(Math.max(this.#left(watch), 0), longestTimer)).unref();
  }

  /** Milliseconds; NaN if the clock returns no valid time. */
  #left({ claims }: Watch): number {
    const { clock, clockTolerance } = this.#settings;
    return (claims.exp + clockTolerance) * 1000 - clock();
  }

  #end(watch: Watch, reason: SessionEndReason): void {
    if (!this.#remove(watch)) return;
    try {
      void Promise.resolve(watch.listener(reason)).catch(warn);
    } catch {
      warn();
    }
  }

  #remove(watch: Watch): boolean {
    clearTimeout(watch.timer);
    const watches = this.#watches.get(watch.subjectHash);
    if (!watches?.delete(watch)) return false;
    if (watches.size === 0) this.#watches.delete(watch.subjectHash);
    return true;
  }
}

function isMeant({ jti, sid, iat }: VerifiedClaims, change: RevocationChange): boolean {
  switch (change.kind) {
    case 'token':
      return change.jti === jti;
    case 'session':
      return change.sessionId === sid;
    case 'subject':
      return sid === undefined ? iat <= change.notBefore : sid !== change.exceptSessionId;
  }
}

function warn(): void {
  process.emitWarning('A listener of onSessionEnd threw an error, which was ignored.', {
    type: 'JwtListenerWarning',
  });
}
