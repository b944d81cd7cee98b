import type { SessionEvent } from 'routing-controllers-jwt';

/** A session that was ended because one of its tokens was probably stolen. */
export interface Notice {
  readonly at: Date;
  /** The client that used the old token. */
  readonly user_agent: string | undefined;
  readonly ip: string | undefined;
  /** The client that had logged in. */
  readonly session_user_agent: string | undefined;
}

/** What users have to be told, in this process, in place of your own database. */
export class Notices {
  readonly #notices = new Map<string, readonly Notice[]>();

  /** Newest first. */
  of(identity: string): readonly Notice[] {
    return this.#notices.get(identity) ?? [];
  }

  add({ identity, userAgent, ip, session }: SessionEvent): void {
    const notice = { at: new Date(), user_agent: userAgent, ip, session_user_agent: session?.userAgent };
    this.#notices.set(identity, [notice, ...this.of(identity)].slice(0, 5));
  }

  dismiss(identity: string): void {
    this.#notices.delete(identity);
  }
}
