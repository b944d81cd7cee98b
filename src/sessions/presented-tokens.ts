import { withReason, RefreshReusedError, TokenRevokedError, type JwtError } from '../errors/errors';
import { subjectHash } from '../store/shard';
import type { StoreOperation } from '../store/guarded-store';
import type { RevocationQuery, RotationResult, Session } from '../store/token-store';
import type { VerifiedClaims } from '../claims/registered';
import type { Token } from '../token/token';
import { unixSeconds, unixTime } from '../util/clock';
import { actorIn, eventOf, type SessionContext } from './session-context';
import { sessionDetails, type SessionDetails } from './session-details';
import { frameOf, type SessionFrame } from './session-frame';

/** Where a token was presented. */
interface RequestDetails {
  /** For events. */
  readonly seen: SessionDetails;
  /** What the session is to record of it. */
  readonly recorded: SessionDetails;
}

/** Checks presented tokens with the store: whether they are alive, and whether they rotate their session. */
export class PresentedTokens {
  readonly #context: SessionContext;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  operation(): StoreOperation {
    return this.#context.store.operation();
  }

  /**
   * @param seen reads the details of the client if the token is dead
   * @param time Unix seconds
   * @throws TokenRevokedError, RefreshReusedError; synchronously if the store is
   */
  demandAlive<Source>(
    token: Token<object>,
    source: Source,
    seen: (source: Source) => SessionDetails,
    time = unixTime(this.#context.settings.clock),
    operation?: StoreOperation,
  ): void | Promise<void> {
    const { store } = this.#context;
    const now = Math.floor(time);
    const evidence = token.evidence();
    if (evidence && store.vouches(evidence, now)) return undefined;
    const query = this.#queryFor(token.verifiedClaims(), now);
    const own = operation ?? store.operation();
    const answer = own.isRevoked(query);
    if (answer !== false) return this.#rejectDead(answer, token, () => seen(source), own);
    token.vouch(() => store.evidenceFor(query));
    return undefined;
  }

  /** Whether an access token, or its session, was revoked. */
  isDead(claims: VerifiedClaims): boolean | Promise<boolean> {
    return this.operation().isRevoked(this.#queryFor(claims));
  }

  #queryFor({ sub, jti, sid, gen, iat }: VerifiedClaims, now = this.#now()): RevocationQuery {
    return {
      jti,
      subject: this.#context.subjects.of(sub),
      issuedAt: iat,
      sessionId: sid,
      generation: gen,
      now,
      graceSeconds: this.#settings.rotationGrace,
    };
  }

  /** The session that a rotation of the token would find, or undefined if it would be rejected. */
  async rotatable(token: Token<object>, operation: StoreOperation): Promise<Session | undefined> {
    const { sub, sid = '', gen = -1 } = token.verifiedClaims();
    const row = await operation.findSession(sid, this.#now());
    if (row?.subject !== this.#context.subjects.of(sub) || gen > row.generation) return undefined;
    const isDead =
      gen < row.generation && (await operation.isRevoked(this.#queryFor(token.verifiedClaims())));
    return isDead ? undefined : this.#context.subjects.publish(row);
  }

  /** What the next refresh token of a session will be like. */
  nextFrame({ sid = '', gen = -1, sxp = 0 }: VerifiedClaims): SessionFrame {
    const rotatedAt = this.#now();
    const expiresAt = Math.min(rotatedAt + this.#settings.refreshTokenTtl, sxp);
    return { id: sid, generation: gen + 1, rotatedAt, expiresAt, end: sxp };
  }

  /** Rotates the session. @returns the row and the generation for the new tokens */
  async rotate(
    token: Token<object>,
    request: RequestDetails,
    operation: StoreOperation,
  ): Promise<SessionFrame> {
    const { seen } = request;
    const { outcome, session } = await this.#resolve(token, request, operation);
    const claims = token.verifiedClaims();
    const { events } = this.#context;
    if (session && outcome === 'rotated') events.emit('sessionRotated', eventOf(session, claims, seen));
    else if (session && outcome === 'replayed')
      events.emit('sessionReplayed', eventOf(session, claims, seen));
    else throw rejectionFor(outcome);
    return frameOf(session, Number(claims.sxp));
  }

  async #rejectDead(
    answer: true | Promise<boolean>,
    token: Token<object>,
    seen: () => SessionDetails,
    operation: StoreOperation,
  ): Promise<void> {
    if (!(await answer)) return;
    // A consumed refresh token is a theft wherever it is shown.
    const request = { seen: sessionDetails(seen(), 'verify'), recorded: {} };
    const { outcome } = await this.#resolve(token, request, operation);
    throw rejectionFor(outcome);
  }

  async #resolve(
    token: Token<object>,
    { seen, recorded }: RequestDetails,
    operation: StoreOperation,
  ): Promise<RotationResult> {
    const claims = token.verifiedClaims();
    const { sub, sid: sessionId, gen: generation } = claims;
    if (sessionId === undefined || generation === undefined) return { outcome: 'unknown' };
    const { rotatedAt: now, expiresAt } = this.nextFrame(claims);
    const { userAgent, ip } = seen;
    const subject = this.#context.subjects.of(sub);
    const result = await operation.rotateSession({
      sessionId,
      subject,
      generation,
      now,
      expiresAt,
      graceSeconds: this.#settings.rotationGrace,
      // The label stays as it was at login.
      seen: { userAgent: recorded.userAgent, ip: recorded.ip },
    });
    const { outcome, session: row, flipped } = result;
    const session = row && outcome !== 'unknown' ? this.#context.subjects.publish(row) : undefined;
    if (outcome === 'reused' && flipped) {
      const hash = subjectHash(subject);
      this.#context.ends.apply({ kind: 'session', subjectHash: hash, sessionId, reason: 'reused' });
      this.#context.events.emit('sessionReused', {
        identity: sub,
        ...actorIn(claims.act),
        sessionId,
        generation,
        session,
        userAgent,
        ip,
      });
    }
    return { outcome, session };
  }

  get #settings(): SessionContext['settings'] {
    return this.#context.settings;
  }

  #now(): number {
    return unixSeconds(this.#settings.clock);
  }
}

function rejectionFor(outcome: RotationResult['outcome']): JwtError {
  return outcome === 'reused'
    ? withReason(new RefreshReusedError(), 'reused')
    : withReason(new TokenRevokedError(), outcome);
}
