import type { RevocationChange } from '../revocation-change';

/** A session ends earlier than it was to end: its tokens may live longer than it. */
export interface EarlierEnd {
  readonly kind: 'earlier';
  readonly subjectHash: string;
  readonly sessionId: string;
}

export type FeedChange = RevocationChange | EarlierEnd;

/** @returns what an entry of a feed tells, or undefined for the note at its start */
export function changeOf(kind: string, subjectHash: string, rest: string): FeedChange | undefined {
  switch (kind) {
    case 'session':
      return { kind, subjectHash, sessionId: rest, reason: 'revoked' };
    case 'reused':
      return { kind: 'session', subjectHash, sessionId: rest, reason: 'reused' };
    case 'earlier':
      return { kind, subjectHash, sessionId: rest };
    case 'token':
      return { kind, subjectHash, jti: rest };
    case 'subject': {
      const space = rest.indexOf(' ');
      const exceptSessionId = rest.slice(space + 1) || undefined;
      return { kind, subjectHash, notBefore: Number(rest.slice(0, space)), exceptSessionId };
    }
    default:
      return undefined;
  }
}
