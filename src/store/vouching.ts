import type { RevocationQuery, TokenStore } from './token-store';

/** Tells whether nothing has happened since a store answered that nothing is revoked. That costs less than to ask again. */
export interface Evidence {
  /** @param now Unix seconds, as in a query */
  holds(now: number): boolean;
}

/** What a store vouches with: it knows whether anything has happened to a subject. */
export interface Voucher {
  /** The method that the evidence is about: one that overrides, wraps or replaces it may know more. */
  readonly isRevoked: unknown;
  /** Called after that method has answered false at once. @returns undefined where it must be asked each time */
  evidenceFor(query: RevocationQuery): Evidence | undefined;
}

const vouchers = new WeakMap<TokenStore, Voucher>();

/** Notes what a new store vouches with. Not in a member, which a store around it would have as well. */
export function vouchFor(store: TokenStore, voucher: Voucher): void {
  vouchers.set(store, voucher);
}

/** @returns undefined for a store that must be asked each time */
export function voucherOf(store: TokenStore): Voucher | undefined {
  return vouchers.get(store);
}
