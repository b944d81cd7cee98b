import { parseOptions } from '../../util/options';
import type { OnceEvent, OnceStore } from '../once-store';
import type { RevocationChange } from '../revocation-change';
import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from '../token-store';
import { vouchFor } from '../vouching';
import { askRevoked } from './ask-revoked';
import { FollowedRevocations } from './followed-revocations';
import { KeyNames } from './names';
import { redisStoreOptions, type RedisTokenStoreOptions } from './redis-token-store-options';
import { scriptClient, type IoredisClient, type NodeRedisClient } from './redis-client';
import { ScriptRunner } from './script-runner';
import { scripts } from './scripts';
import { forgetRows, pageOf } from './session-list';
import { decode, encode, sessionsOf } from './session-row';
import { slack, timeToLive } from './time-to-live';

type Limits = Partial<StoreLimits>;

/**
 * A token store in Redis, which all processes of an application share. Each call is one script and one round trip,
 * except for lists and for a session that is found by its id alone, which take two.
 *
 * You bring the client, from `redis` (`createClient`, `createClientPool`, `createCluster`, `createSentinel`) or from
 * `ioredis` (`Redis`, `Cluster`). You connect it, listen to its `error` events and close it. The server is Redis 7 or
 * later, or Valkey. The guide lists the settings and permissions that a client needs.
 *
 * - Everything that belongs to one subject is in one hash slot, `{prefix:shard}`. There are 256 shards, so that the
 *   nodes of a cluster share the load.
 * - Every key has a time to live. Redis must not drop keys earlier: set `maxmemory-policy noeviction`.
 * - Every call is a write to Redis: a replica, a demoted primary, and a primary that has lost its replicas
 *   (`min-replicas-to-write`) reject it, and the response is 503.
 * - A confirmed change is as durable as Redis itself: after a crash, `appendfsync everysec` may lose the last second,
 *   and a failover may lose what its replica had not received. After a lost rotation, the token of the client is
 *   unknown, which does not count as theft: the user logs in again. A lost revocation must be repeated.
 * - A command that waited too long, in a queue or while Redis hung, takes no effect. Its deadline uses the time of
 *   Redis, which is part of every response. Synchronize the clocks of nodes that may replace each other.
 *
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL });
 * redis.on('error', (error) => console.error(error));
 * await redis.connect();
 * const jwtManager = new JwtManager({ secret, store: new RedisTokenStore(redis) });
 * ```
 */
export class RedisTokenStore implements TokenStore, OnceStore {
  readonly #names: KeyNames;
  readonly #runner: ScriptRunner;
  readonly #revocations: FollowedRevocations;

  /** @throws `ConfigurationError` if it is not a client of `redis` or `ioredis`, or if the prefix is invalid */
  constructor(client: NodeRedisClient | IoredisClient, options: RedisTokenStoreOptions = {}) {
    const own = scriptClient(client);
    const { prefix, consistency } = parseOptions('RedisTokenStore', options, redisStoreOptions);
    this.#runner = new ScriptRunner(own);
    this.#names = new KeyNames(prefix);
    const source = { client: own, runner: this.#runner, names: this.#names };
    this.#revocations = new FollowedRevocations(source, consistency);
    vouchFor(this, { isRevoked, evidenceFor: (query) => this.#revocations.evidenceFor(query) });
  }

  async createSession(session: Session, limits: Limits & LoginLimits = {}): Promise<LoginResult> {
    const { id, subject, generation, rotatedAt, createdAt, lastUsedAt, expiresAt } = session;
    if (!this.#names.mayBelong(id, subject))
      throw new Error('the id of a session must start with the shard of its subject');
    const keys = this.#names.ofSubject(subject);
    const times = [rotatedAt, createdAt, lastUsedAt, expiresAt].map(String);
    const bounds = [limits.maxSessions, limits.authenticatedAt].map((bound) => String(bound ?? ''));
    const details = [subject, session.userAgent, session.ip, session.label].map(encode);
    const [verdict, ...ended] = await this.#runner.run(
      scripts.createSession,
      [this.#names.ofSession(id), keys.sessions, keys.details, keys.subject, keys.feed],
      [id, keys.hash, String(generation), ...times, timeToLive(expiresAt - createdAt), ...bounds, ...details],
      limits,
    );
    if (ended.length > 0) this.#behind(subject);
    if (verdict === 'taken') throw new Error('there is a session with this id');
    return { created: verdict === 'created', ended };
  }

  async findSession(sessionId: string, now: number, limits?: Limits): Promise<Session | undefined> {
    const name = this.#names.ofSession(sessionId);
    const [, hash] = await this.#runner.run(scripts.locate, [name], [], limits);
    if (hash === undefined) return undefined;
    const { sessions, details } = this.#names.ofHash(sessionId, hash);
    const keys = [sessions, details, name];
    const found = await this.#runner.run(scripts.sessions, keys, [String(now), sessionId], limits);
    const [, subject = '', ...texts] = found;
    return texts.length === 0 ? undefined : sessionsOf(texts, decode(subject))[0];
  }

  async rotateSession(rotation: Rotation, limits?: Limits): Promise<RotationResult> {
    const { sessionId, subject, now, expiresAt, seen: { userAgent, ip } = {} } = rotation;
    if (!this.#names.mayBelong(sessionId, subject)) return { outcome: 'unknown' };
    const keys = this.#names.ofSubject(subject);
    const numbers = [rotation.generation, now, expiresAt].map(String);
    const given = [timeToLive(expiresAt - now), String(rotation.graceSeconds), encode(userAgent), encode(ip)];
    const [outcome, ...texts] = await this.#runner.run(
      scripts.rotateSession,
      [this.#names.ofSession(sessionId), keys.sessions, keys.details, keys.subject, keys.feed],
      [sessionId, keys.hash, ...numbers, ...given],
      limits,
    );
    const [session] = sessionsOf(texts, subject);
    if (outcome === 'flipped' || outcome === 'shortened') this.#behind(subject);
    if (outcome === 'flipped') return { outcome: 'reused', session, flipped: true };
    if (outcome === 'shortened') return { outcome: 'rotated', session };
    if (outcome === 'reused') return { outcome, session, flipped: false };
    return { outcome: outcome as RotationResult['outcome'], ...(session && { session }) };
  }

  async revokeSession(
    sessionId: string,
    now: number,
    limits: Limits & { readonly subject?: string | undefined } = {},
  ): Promise<boolean> {
    const keys = await this.#keysOf(sessionId, limits);
    if (!keys) return false;
    const [verdict] = await this.#runner.run(
      scripts.revokeSession,
      [this.#names.ofSession(sessionId), keys.sessions, keys.details, keys.feed],
      [sessionId, keys.hash, String(now)],
      limits,
    );
    this.#revocations.behind(sessionId.slice(0, 2));
    return verdict === 'revoked';
  }

  async revokeSubject(
    subject: string,
    now: number,
    options?: RevokeSubjectOptions,
    limits?: Limits,
  ): Promise<void> {
    await this.#endAll(subject, now, options, limits);
  }

  async forgetSubject(
    subject: string,
    now: number,
    options?: Pick<RevokeSubjectOptions, 'notBefore' | 'keepUntil'>,
    limits?: Limits,
  ): Promise<void> {
    await this.#endAll(subject, now, options, limits, 'forget');
    await forgetRows(this.#runner, this.#names, subject, limits);
  }

  async listSessions(
    subject: string,
    now: number,
    page: SessionPage = { limit: 100 },
    limits?: Limits,
  ): Promise<Session[]> {
    return pageOf({ runner: this.#runner, names: this.#names, limits }, subject, now, page);
  }

  async revokeToken({ jti, subject, now, expiresAt }: TokenRevocation, limits?: Limits): Promise<void> {
    const { hash, feed } = this.#names.ofSubject(subject);
    const keys = [this.#names.ofToken(jti, subject), feed];
    await this.#runner.run(scripts.revokeToken, keys, [timeToLive(expiresAt - now), hash + jti], limits);
    this.#behind(subject);
  }

  /** With a replica the answer is there at once, where Redis need not be asked. */
  isRevoked(query: RevocationQuery, limits?: Limits): boolean | Promise<boolean> {
    const { sessionId, subject } = query;
    if (sessionId !== undefined && !this.#names.mayBelong(sessionId, subject)) return true;
    return this.#revocations.isRevoked(query) ?? this.#ask(query, limits);
  }

  async remember({ id, now, expiresAt }: OnceEvent, limits?: Limits): Promise<boolean> {
    const keys = [this.#names.ofEvent(id)];
    const [verdict] = await this.#runner.run(scripts.remember, keys, [timeToLive(expiresAt - now)], limits);
    return verdict === 'news';
  }

  /** Calls the listener soon after a revocation, also in other processes. Opens a connection of its own. */
  subscribe(listener: (change: RevocationChange) => void): Promise<() => Promise<void>> {
    return this.#revocations.subscribe(listener);
  }

  /**
   * Ends what `consistency: 'replica'` and `subscribe` have started. Your client stays open. Not needed if you close your client: that
   * ends it, too.
   */
  close(): void {
    this.#revocations.close();
  }

  /** Nothing when the session is not known, or cannot be that subject's. */
  async #keysOf(sessionId: string, limits: Limits & { readonly subject?: string | undefined }) {
    const { subject } = limits;
    if (subject !== undefined)
      return this.#names.mayBelong(sessionId, subject) && this.#names.ofSubject(subject);
    const [, hash] = await this.#runner.run(scripts.locate, [this.#names.ofSession(sessionId)], [], limits);
    return hash !== undefined && this.#names.ofHash(sessionId, hash);
  }

  async #ask(query: RevocationQuery, limits?: Limits): Promise<boolean> {
    const learn = this.#revocations.asking(query);
    const { verdict, expiresAt } = await askRevoked(this.#runner, this.#names, query, limits);
    if (verdict === 'alive') learn?.(expiresAt);
    return verdict === 'dead';
  }

  /** What this process has revoked is known to it before anything else is checked. */
  #behind(subject: string): void {
    this.#revocations.behind(this.#names.nameOf(subject).shard);
  }

  async #endAll(
    subject: string,
    now: number,
    { exceptSessionId = '', notBefore = now, keepUntil = Infinity }: RevokeSubjectOptions = {},
    limits?: Limits,
    mode = '',
  ): Promise<void> {
    if (notBefore > now + slack) throw new Error('notBefore may be an hour ahead at most');
    const keys = this.#names.ofSubject(subject);
    const times = [String(now), String(notBefore), timeToLive(keepUntil - now)];
    const names = [keys.sessions, keys.details, keys.subject, keys.forgotten, keys.feed];
    await this.#runner.run(
      scripts.revokeSubject,
      names,
      [...times, exceptSessionId, mode, keys.hash],
      limits,
    );
    this.#behind(subject);
  }
}

const { isRevoked } = RedisTokenStore.prototype as { readonly isRevoked: unknown };
