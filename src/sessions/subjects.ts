import type { Session } from '../store/token-store';

/**
 * Translates identities to the subjects of a store and back. Managers with different issuers may share a store: the
 * subject is the issuer followed by the identity, which has no control characters, so that no two managers have a
 * subject in common.
 */
export class Subjects {
  readonly #prefix: string;

  constructor(issuer: string | undefined) {
    this.#prefix = issuer === undefined ? '' : `${issuer}\n`;
  }

  /** The subject of an identity. */
  of(identity: string): string {
    return this.#prefix + identity;
  }

  /** Whether it is the subject of one of this manager's identities. */
  owns(subject: string): boolean {
    return subject.startsWith(this.#prefix) && !subject.slice(this.#prefix.length).includes('\n');
  }

  /** The identity of a subject that this manager owns. */
  identityOf(subject: string): string {
    return subject.slice(this.#prefix.length);
  }

  /** The row as users see it: a frozen copy with the identity. */
  publish(row: Session): Session {
    const { id, subject, generation, rotatedAt, createdAt, lastUsedAt, expiresAt } = row;
    const given = [
      ['revokedAt', row.revokedAt],
      ['userAgent', row.userAgent],
      ['ip', row.ip],
      ['label', row.label],
    ].filter(([, value]) => value !== undefined);
    return Object.freeze({
      id,
      subject: this.identityOf(subject),
      generation,
      rotatedAt,
      createdAt,
      lastUsedAt,
      expiresAt,
      ...(Object.fromEntries(given) as Partial<Session>),
    });
  }
}
