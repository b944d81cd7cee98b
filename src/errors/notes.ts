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

/** What is known of an error beside what it shows. */
interface ErrorNotes {
  reason: (RejectionReason & TokenOwner) | undefined;
  isReported: boolean;
  readonly original: Error;
}

/** Returns the object that it is given, so that a subclass adds its private fields to that object. */
export class Given {
  constructor(object: object) {
    return object;
  }
}

/**
 * Keeps its notes with an error. In a WeakMap they would cost more: under a flood of bad requests, each garbage collection
 * would stop the server for twice as long.
 */
class Noted extends Given {
  readonly #notes: ErrorNotes;

  constructor(error: Error, notes: ErrorNotes) {
    super(error);
    this.#notes = notes;
  }

  static notesOf(error: unknown): ErrorNotes | undefined {
    return typeof error === 'object' && error !== null && #notes in error ? error.#notes : undefined;
  }
}

/** Makes room for notes on an error, before the application can freeze it. */
export function startNotes(error: Error): ErrorNotes {
  const notes = noNotes(error);
  new Noted(error, notes);
  return notes;
}

/** Copies the notes on an error to a copy of it. */
export function copyNotes(error: Error, copy: Error): void {
  new Noted(copy, { ...(Noted.notesOf(error) ?? noNotes(error)) });
}

function noNotes(error: Error): ErrorNotes {
  return { reason: undefined, isReported: false, original: error };
}

/** Those on an error that is derived from another (`Object.create`) start here. */
function notesOf(error: Error): ErrorNotes {
  return Noted.notesOf(error) ?? startNotes(error);
}

/** The error that was thrown first, of which this is a copy. */
export function originalOf<E extends Error>(error: E): E {
  return (Noted.notesOf(error)?.original ?? error) as E;
}

/** Notes for operators why an error was thrown; returns the error, to be thrown. */
export function withReason<E extends Error>(error: E, reason: string, cause?: unknown): E {
  notesOf(error).reason = cause === undefined ? { reason } : { reason, cause };
  return error;
}

/** Notes for operators whose token it was that an error rejects; returns the error, to be thrown. */
export function withOwner<E extends Error>(error: E, owner: TokenOwner): E {
  notesOf(error).reason = { ...reasonFor(error), ...owner };
  return error;
}

/** What {@link withReason} and {@link withOwner} noted. */
export function reasonFor(error: Error): RejectionReason & TokenOwner {
  return Noted.notesOf(error)?.reason ?? { reason: error.message };
}

/** Notes that the manager has reported an error, before it reaches what responds to the request. */
export function markReported<E extends Error>(error: E): E {
  notesOf(error).isReported = true;
  return error;
}

/** Whether {@link markReported} noted it. */
export function isReported(error: unknown): boolean {
  return Noted.notesOf(error)?.isReported === true;
}
