import { because, ConfigurationError, RefreshReusedError, TokenRevokedError, type JwtError } from '../errors';
import type { ManagerEvents, SessionEvent } from '../events';
import type { ManagerSettings } from '../manager-options';
import { GuardedStore, type StoreOperation } from '../store/guarded-store';
import { judgeRotation } from '../store/judge-rotation';
import type { RotationResult, Session, TokenStore } from '../store/token-store';
import type { Token } from '../token/token';
import { isIdentity } from '../token/validate-claims';
import { unixSeconds } from '../util/clock';
import { maximumDuration } from '../util/duration';
import type { Emitter } from '../util/emitter';
import { randomId } from '../util/random-id';
import { sessionDetails, type SessionDetails } from './session-details';

/** Asks about a `jti` alone: later than every not-before. */
const neverTooOld = Number.MAX_SAFE_INTEGER;

type SessionSettings = Pick<
  ManagerSettings<object>,
  'sessionTtl' | 'rotationGrace' | 'storeTimeout' | 'clockTolerance' | 'clock'
>;

/** What the store knows: which sessions there are, which generation each has, what was revoked. */
export class Sessions {
  readonly #settings: SessionSettings;
  readonly #store: GuardedStore;
  readonly #events: Emitter<ManagerEvents>;

  constructor(settings: SessionSettings, store: TokenStore, events: Emitter<ManagerEvents>) {
    this.#settings = settings;
    this.#store = new GuardedStore(store, settings.storeTimeout * 1000);
    this.#events = events;
  }

  operation(): StoreOperation {
    return this.#store.operation();
  }

  /** A row that no store knows yet. */
  draft(subject: string, details: SessionDetails): Session {
    const now = this.#now();
    return {
      id: randomId(),
      subject,
      generation: 0,
      rotatedAt: now,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + this.#settings.sessionTtl,
      ...details,
    };
  }

  async create(session: Session): Promise<void> {
    await this.operation().createSession(session);
    this.#events.emit('sessionCreated', eventOf(session));
  }

  /**
   * @throws TokenRevokedError, RefreshReusedError; at once where the store answers at once
   */
  demandAlive(token: Token<object>, seen: () => SessionDetails = () => ({})): void | Promise<void> {
    const { sub, jti, sid, gen, iat } = token.verifiedClaims();
    const operation = this.operation();
    const query = { jti, subject: sub, issuedAt: iat, sessionId: sid, generation: gen };
    const answer = operation.isRevoked(query);
    return answer === false ? undefined : this.#refuseDead(answer, token, seen, operation);
  }

  /** Whether the token was revoked alone, whatever became of its session. */
  isRevokedAlone(token: Token<object>, operation: StoreOperation): boolean | Promise<boolean> {
    return operation.isRevoked({ jti: token.id, subject: token.identity, issuedAt: neverTooOld });
  }

  /** Whether a rotation would go through, as the row stands. */
  wouldRotate(session: Session, generation: number): boolean {
    const graceSeconds = this.#settings.rotationGrace;
    const rotation = { sessionId: session.id, generation, now: this.#now(), graceSeconds };
    return ['rotated', 'replayed'].includes(judgeRotation(session, rotation).outcome);
  }

  /** Moves the session on. @returns the row whose tokens are to be handed out */
  async rotate(token: Token<object>, seen: SessionDetails, operation: StoreOperation): Promise<Session> {
    const { outcome, session } = await this.#judge(token, seen, operation);
    if (session && outcome === 'rotated') this.#events.emit('sessionRotated', eventOf(session, seen));
    else if (session && outcome === 'replayed') this.#events.emit('sessionReplayed', eventOf(session, seen));
    else throw refusalFor(outcome);
    return session;
  }

  async revokeToken({ id, expiresAt }: Token<object>): Promise<void> {
    const end = Math.ceil(expiresAt.getTime() / 1000) + this.#settings.clockTolerance;
    await this.operation().revokeToken(id, end);
  }

  async revoke(sessionId: string, identity?: string, operation = this.operation()): Promise<boolean> {
    checkText(sessionId, 'the session id', 'token.sessionId');
    const isNews = await operation.revokeSession(sessionId, this.#now());
    if (isNews) this.#events.emit('sessionRevoked', { identity, sessionId });
    return isNews;
  }

  async revokeAll(identity: string, exceptSessionId: string | undefined): Promise<void> {
    checkText(identity, 'identity', 'token.identity');
    if (exceptSessionId !== undefined) checkText(exceptSessionId, 'except', 'token.sessionId');
    const now = this.#now();
    // No token that was issued until now lives longer.
    const keepUntil = now + maximumDuration;
    await this.operation().revokeSubject(identity, now, { exceptSessionId, keepUntil });
    this.#events.emit('sessionRevoked', { identity, sessionId: undefined, exceptSessionId });
  }

  async list(identity: string, operation = this.operation()): Promise<Session[]> {
    checkText(identity, 'identity', 'token.identity');
    return operation.listSessions(identity, this.#now());
  }

  async #refuseDead(
    answer: true | Promise<boolean>,
    token: Token<object>,
    seen: () => SessionDetails,
    operation: StoreOperation,
  ): Promise<void> {
    if (!(await answer)) return;
    const { sid, gen } = token.verifiedClaims();
    if (sid === undefined || gen === undefined || (await this.isRevokedAlone(token, operation))) {
      throw refusalFor('unknown');
    }
    // A consumed refresh token is a theft wherever it is shown.
    const { outcome } = await this.#judge(token, sessionDetails(seen()), operation);
    throw refusalFor(outcome);
  }

  async #judge(
    token: Token<object>,
    { userAgent, ip }: SessionDetails,
    operation: StoreOperation,
  ): Promise<RotationResult> {
    const { sid: sessionId, gen: generation } = token.verifiedClaims();
    if (sessionId === undefined || generation === undefined) return { outcome: 'unknown' };
    const seen = { userAgent, ip };
    const now = this.#now();
    const graceSeconds = this.#settings.rotationGrace;
    const result = await operation.rotateSession({ sessionId, generation, now, graceSeconds, seen });
    const { outcome, session, flipped = session?.revokedAt === now } = result;
    if (outcome === 'reused' && flipped) {
      const { identity } = token;
      this.#events.emit('sessionReused', { identity, sessionId, generation, session, userAgent, ip });
    }
    return result;
  }

  #now(): number {
    return unixSeconds(this.#settings.clock);
  }
}

function checkText(value: unknown, name: string, example: string): void {
  if (!isIdentity(value)) throw new ConfigurationError(`${name} must be a string, such as ${example}`);
}

function refusalFor(outcome: RotationResult['outcome']): JwtError {
  return outcome === 'reused'
    ? because(new RefreshReusedError(), 'reused')
    : because(new TokenRevokedError(), outcome);
}

function eventOf(session: Session, seen: SessionDetails = {}): SessionEvent {
  const { subject: identity, id: sessionId, generation, userAgent, ip } = { ...session, ...seen };
  return { identity, sessionId, generation, session, userAgent, ip };
}
