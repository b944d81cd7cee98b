import type { RevocationQuery, TokenStore } from '../../src';
import { voucherOf, type Evidence, type Voucher } from '../../src/store/vouching';

/** A question that a store has answered with false, and what it vouches with for that answer. */
interface Vouched {
  readonly query: RevocationQuery;
  readonly evidence: Evidence;
}

/** What a store vouches for: as long as its evidence holds, it has to give the same answer. */
export class VouchedFor {
  readonly #store: TokenStore;
  readonly #voucher: Voucher | undefined;
  /** By what is asked about. */
  readonly #vouched = new Map<string, Vouched>();

  constructor(store: TokenStore) {
    this.#store = store;
    this.#voucher = voucherOf(store);
  }

  /** Asks a store that vouches, unless there is evidence, and keeps its evidence if it answers at once that nothing is revoked. */
  ask(query: RevocationQuery): void {
    const { jti, sessionId, generation, subject, now } = query;
    const name = JSON.stringify([jti, sessionId, generation, subject]);
    if (this.#vouched.get(name)?.evidence.holds(now)) return;
    const evidence = this.#voucher?.evidenceFor(query);
    // What holds no more is kept: the time may step back.
    if (evidence && this.#store.isRevoked(query) === false) this.#vouched.set(name, { query, evidence });
  }

  /** The questions for whose answers there is evidence at a time in Unix seconds. */
  claimedAt(now: number): RevocationQuery[] {
    const claimed = [...this.#vouched.values()].filter(({ evidence }) => evidence.holds(now));
    return claimed.map(({ query }) => ({ ...query, now }));
  }
}
