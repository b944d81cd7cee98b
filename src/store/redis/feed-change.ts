import type { RevocationChange } from '../revocation-change';

/** How long the hash of a subject is, with which every value of an entry starts. */
const hashLength = 22;

/** @returns what an entry of a feed tells, or undefined for the note at its start */
export function changeOf(kind: string, value: string): RevocationChange | undefined {
  const subjectHash = value.slice(0, hashLength);
  const rest = value.slice(hashLength);
  switch (kind) {
    case 'session':
      return { kind, subjectHash, sessionId: rest, reason: 'revoked' };
    case 'reused':
      return { kind: 'session', subjectHash, sessionId: rest, reason: 'reused' };
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
