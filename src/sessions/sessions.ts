import { withReason, ConfigurationError, TokenRevokedError } from '../errors/errors';
import type { StoreOperation } from '../store/guarded-store';
import { shardOf, subjectHash } from '../store/shard';
import type { Session } from '../store/token-store';
import type { VerifiedClaims } from '../claims/registered';
import type { TokenType } from '../token/token';
import type { TokenContents } from '../token/token-issuer';
import { unixSeconds } from '../util/clock';
import { randomId } from '../util/random-id';
import { eventOf, type SessionContext } from './session-context';
import { checkText, resolvePage, type ListSessionsOptions } from './session-arguments';
import type { SessionDetails } from './session-details';
import { frameOf, type SessionFrame } from './session-frame';

/** A session that no store knows yet. */
export interface SessionDraft {
  readonly row: Session;
  readonly frame: SessionFrame;
}

/** How long a new session lasts, if not the manager's setting, in seconds. */
export interface DraftTimes {
  /** Until its absolute end. */
  readonly ttl?: number | undefined;
  /** Until its first refresh token expires. */
  readonly refreshTtl?: number | undefined;
}

/** The sessions of a manager: how they begin and end, and the list of them. */
export class Sessions {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  draft(identity: string, details: SessionDetails, times: DraftTimes): SessionDraft {
    const now = this.#now();
    const { sessionTtl, refreshTokenTtl } = this.#context.settings;
    if ((times.ttl ?? 0) > sessionTtl)
      throw new ConfigurationError(
        `session.ttl must be at most ${String(sessionTtl)} seconds. For more, raise sessionTtl of the JwtManager`,
      );
    const subject = this.#context.subjects.of(identity);
    const end = now + (times.ttl ?? sessionTtl);
    const row = {
      id: shardOf(subject) + randomId(),
      subject,
      generation: 0,
      rotatedAt: now,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: Math.min(now + (times.refreshTtl ?? refreshTokenTtl), end),
      ...details,
    };
    return { row, frame: frameOf(row, end) };
  }

  /**
   * @param claims the claims that all tokens of the session share
   * @param authenticatedAt Unix seconds
   * @throws TokenRevokedError if the identity was logged out everywhere since then
   */
  async create(
    { row }: SessionDraft,
    { claims }: Pick<TokenContents, 'claims'>,
    authenticatedAt?: number,
  ): Promise<void> {
    const { settings, store, subjects, events } = this.#context;
    const limits = {
      maxSessions: settings.maxSessions,
      ...(authenticatedAt !== undefined && { authenticatedAt }),
    };
    const { created, ended } = await store.operation().createSession(row, limits);
    if (!created) throw withReason(new TokenRevokedError(), 'logged out since the login began');
    const session = subjects.publish(row);
    for (const sessionId of ended) this.#ended(session.subject, sessionId);
    events.emit('sessionCreated', eventOf(session, claims));
  }

  /** Revokes one token. A refresh token ends its session. An expired token needs no revocation. */
  async revokeToken(type: TokenType, claims: VerifiedClaims): Promise<void> {
    const { sub, jti, sid, exp } = claims;
    if (type === 'refresh' && sid !== undefined) {
      await this.revoke(sid, sub);
      return;
    }
    const now = this.#now();
    const expiresAt = Math.ceil(exp) + this.#context.settings.clockTolerance;
    if (now >= expiresAt) return;
    const { store, subjects, ends } = this.#context;
    const subject = subjects.of(sub);
    await store.operation().revokeToken({ jti, subject, now, expiresAt });
    ends.apply({ kind: 'token', jti, subjectHash: subjectHash(subject) });
  }

  /** Ends a session; without an identity, of any user of this manager. */
  async revoke(sessionId: string, identity?: string): Promise<boolean> {
    checkText(sessionId, 'the session id', 'token.sessionId');
    if (identity !== undefined) checkText(identity, 'identity', 'token.identity');
    const { store, subjects } = this.#context;
    const operation = store.operation();
    const now = this.#now();
    const subject =
      identity === undefined ? (await operation.findSession(sessionId, now))?.subject : subjects.of(identity);
    if (subject === undefined || !subjects.owns(subject)) return false;
    return this.revokeOwn(sessionId, subjects.identityOf(subject), operation);
  }

  async revokeOwn(sessionId: string, identity: string, operation: StoreOperation): Promise<boolean> {
    const subject = this.#context.subjects.of(identity);
    const isNews = await operation.revokeSession(sessionId, this.#now(), subject);
    if (isNews) this.#ended(identity, sessionId);
    return isNews;
  }

  async revokeAll(identity: string, exceptSessionId: string | undefined): Promise<void> {
    checkText(identity, 'identity', 'token.identity');
    if (exceptSessionId !== undefined) checkText(exceptSessionId, 'except', 'token.sessionId');
    const { store, subjects } = this.#context;
    const [now, times] = this.#revocationTimes();
    await store.operation().revokeSubject(subjects.of(identity), now, { exceptSessionId, ...times });
    this.#endedAll(identity, times.notBefore, exceptSessionId);
  }

  async forget(identity: string): Promise<void> {
    checkText(identity, 'identity', 'token.identity');
    const { store, subjects } = this.#context;
    const [now, times] = this.#revocationTimes();
    await store.operation().forgetSubject(subjects.of(identity), now, times);
    this.#endedAll(identity, times.notBefore, undefined);
  }

  async list(identity: string, options: ListSessionsOptions): Promise<Session[]> {
    checkText(identity, 'identity', 'token.identity');
    const page = resolvePage(options);
    const { store, subjects } = this.#context;
    const rows = await store.operation().listSessions(subjects.of(identity), this.#now(), page);
    return rows.map((row) => subjects.publish(row));
  }

  #ended(identity: string, sessionId: string): void {
    const { ends, events, subjects } = this.#context;
    const hash = subjectHash(subjects.of(identity));
    ends.apply({ kind: 'session', subjectHash: hash, sessionId, reason: 'revoked' });
    events.emit('sessionRevoked', { identity, sessionId });
  }

  #endedAll(identity: string, notBefore: number, exceptSessionId: string | undefined): void {
    const { ends, events, subjects } = this.#context;
    const hash = subjectHash(subjects.of(identity));
    ends.apply({ kind: 'subject', subjectHash: hash, notBefore, exceptSessionId });
    events.emit('sessionRevoked', { identity, sessionId: undefined, exceptSessionId });
  }

  /** A token that another server issues at the same moment may be dated as far ahead as clocks may differ. */
  #revocationTimes(): [now: number, times: { notBefore: number; keepUntil: number }] {
    const { issueTolerance, clockTolerance, longestTtl } = this.#context.settings;
    const now = this.#now();
    const notBefore = now + issueTolerance;
    return [now, { notBefore, keepUntil: notBefore + longestTtl + clockTolerance }];
  }

  #now(): number {
    return unixSeconds(this.#context.settings.clock);
  }
}
