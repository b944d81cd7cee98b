import type { RevocationQuery, TokenStore } from './token-store';

/** Tells whether nothing has happened since a store answered that nothing is revoked. That costs less than to ask again. */
export interface Evidence {
  /** @param now Unix seconds, as in a query */
  holds(now: number): boolean;
}

/** Where a store keeps what it can vouch with. A symbol: other stores have members of any name. */
export const vouching = Symbol('vouching');

/** A store that knows whether anything has happened to a subject. */
export interface VouchingStore {
  readonly [vouching]: {
    /** The method that the evidence is about: one that overrides, wraps or replaces it may know more. */
    readonly isRevoked: unknown;
    /** Called after that method has answered false at once. @returns undefined where it must be asked each time */
    evidenceFor(query: RevocationQuery): Evidence | undefined;
  };
}

/** What a store vouches with; undefined where it must be asked each time. */
export function vouchingOf(store: TokenStore): VouchingStore[typeof vouching] | undefined {
  const { [vouching]: own } = store as Partial<VouchingStore>;
  return store.isRevoked === own?.isRevoked ? own : undefined;
}
