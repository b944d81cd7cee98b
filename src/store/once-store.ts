import type { StoreLimits } from './token-store';

/**
 * Something that may happen only once, such as the use of a ticket.
 *
 * @example
 * ```ts
 * const event: OnceEvent = { id: 'invitation-17', now, expiresAt: now + 900 };
 * ```
 */
export interface OnceEvent {
  /** Names the event: 1 to 300 characters. */
  readonly id: string;
  readonly now: number;
  /** Until when the event must be remembered. Nothing may ask about it later. */
  readonly expiresAt: number;
}

/**
 * A store that remembers what has happened, so that it happens only once. Tickets need it. The stores of this library
 * implement both this and `TokenStore`.
 *
 * As for a `TokenStore`: the method is atomic, its effect is permanent and visible to every process, and a store
 * that cannot prove that its server is the primary throws. `onceStoreSuite` of `routing-controllers-jwt/testing` is this
 * contract as specs.
 *
 * @example
 * ```ts
 * const isFirst = await onceStore.remember(event);
 * ```
 */
export interface OnceStore {
  /**
   * Remembers an event. Fails rather than forgets another event if the store is full.
   *
   * @returns true for exactly one of all calls with this id before `expiresAt`
   */
  remember(event: OnceEvent, limits?: Partial<StoreLimits>): Promise<boolean>;
}
