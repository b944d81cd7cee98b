/**
 * A change that was just made. All tokens that it covers are revoked. A subject is named by its hash, see `subjectHash`,
 * because a change is kept longer than what is stored about the subject.
 *
 * @example
 * ```ts
 * await store.subscribe?.((change: RevocationChange) => logger.info(change.kind));
 * ```
 */
export type RevocationChange =
  | {
      readonly kind: 'session';
      readonly subjectHash: string;
      readonly sessionId: string;
      /** `reused`: a refresh token was used a second time. */
      readonly reason: 'revoked' | 'reused';
    }
  | {
      /** All sessions but one, and the tokens without a session that were issued at `notBefore` or earlier. */
      readonly kind: 'subject';
      readonly subjectHash: string;
      readonly notBefore: number;
      readonly exceptSessionId?: string | undefined;
    }
  | { readonly kind: 'token'; readonly subjectHash: string; readonly jti: string };
