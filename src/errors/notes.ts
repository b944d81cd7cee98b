import type { JwtError } from './jwt-error';

/** Why a request was rejected, for operators: never part of a response. */
export interface RejectionReason {
  readonly reason: string;
  readonly cause?: unknown;
}

/** Whose token was rejected. */
export interface TokenOwner {
  readonly identity?: string | undefined;
  readonly actor?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly sessionId?: string | undefined;
}

const reasons = new WeakMap<JwtError, RejectionReason & TokenOwner>();

/** Notes for operators why an error was thrown; returns the error, to be thrown. */
export function withReason<E extends JwtError>(error: E, reason: string, cause?: unknown): E {
  reasons.set(error, cause === undefined ? { reason } : { reason, cause });
  return error;
}

/** Notes for operators whose token it was that an error rejects; returns the error, to be thrown. */
export function withOwner<E extends JwtError>(error: E, owner: TokenOwner): E {
  reasons.set(error, { ...reasonFor(error), ...owner });
  return error;
}

const reported = new WeakSet<JwtError>();

/** Notes that the manager has reported an error, before it reaches what responds to the request. */
export function markReported(error: JwtError): JwtError {
  reported.add(error);
  return error;
}

/** Whether {@link markReported} noted it. */
export function isReported(error: unknown): boolean {
  return reported.has(error as JwtError);
}

/** What {@link because} and {@link withOwner} noted. */
export function reasonFor(error: JwtError): RejectionReason & TokenOwner {
  return reasons.get(error) ?? { reason: error.message };
}

/** Copies what {@link because}, {@link withOwner} and {@link markReported} noted to a copy of the error. */
export function copyNotes(error: JwtError, copy: JwtError): void {
  reasons.set(copy, reasonFor(error));
  if (isReported(error)) markReported(copy);
}
