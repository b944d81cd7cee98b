import { ConfigurationError } from '../../errors/errors';
import { readOptions } from '../../util/options';
import type { OnceEvent, OnceStore } from '../once-store';
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
import { KeyNames, mayBelong } from './names';
import { scriptClient, type IoredisClient, type NodeRedisClient } from './redis-client';
import { ScriptRunner } from './script-runner';
import { scripts } from './scripts';
import { forgetRows, pageOf } from './session-list';
import { decode, encode, sessionsOf } from './session-row';
import { timeToLive } from './time-to-live';

/**
 * The options of a {@link RedisTokenStore}.
 *
 * @example
 * ```ts
 * const store = new RedisTokenStore(client, { prefix: 'shop' });
 * ```
 */
export interface RedisTokenStoreOptions {
  /**
   * The start of the names of all keys. Applications that share a Redis need different prefixes.
   * @default 'routing-controllers-jwt'
   */
  readonly prefix?: string | undefined;
}

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

  /** @throws {@link ConfigurationError} if it is not a client of `redis` or `ioredis`, or if the prefix is invalid */
  constructor(client: NodeRedisClient | IoredisClient, options: RedisTokenStoreOptions = {}) {
    this.#runner = new ScriptRunner(scriptClient(client));
    const { prefix = 'routing-controllers-jwt' } = readOptions('RedisTokenStore', options, ['prefix']);
    this.#names = new KeyNames(checkPrefix(prefix));
  }

  async createSession(session: Session, limits: Limits & LoginLimits = {}): Promise<LoginResult> {
    const { id, subject, generation, rotatedAt, createdAt, lastUsedAt, expiresAt } = session;
    if (!mayBelong(id, subject))
      throw new Error('the id of a session must start with the shard of its subject');
    const keys = this.#names.ofSubject(subject);
    const times = [rotatedAt, createdAt, lastUsedAt, expiresAt].map(String);
    const bounds = [limits.maxSessions, limits.authenticatedAt].map((bound) => String(bound ?? ''));
    const details = [subject, session.userAgent, session.ip, session.label].map(encode);
    const [verdict, ...ended] = await this.#runner.run(
      scripts.createSession,
      [this.#names.ofSession(id), keys.sessions, keys.details, keys.subject],
      [id, keys.hash, String(generation), ...times, timeToLive(expiresAt - createdAt), ...bounds, ...details],
      limits,
    );
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
    if (!mayBelong(sessionId, subject)) return { outcome: 'unknown' };
    const keys = this.#names.ofSubject(subject);
    const numbers = [rotation.generation, now, expiresAt].map(String);
    const given = [timeToLive(expiresAt - now), String(rotation.graceSeconds), encode(userAgent), encode(ip)];
    const [outcome, ...texts] = await this.#runner.run(
      scripts.rotateSession,
      [this.#names.ofSession(sessionId), keys.sessions, keys.details, keys.subject],
      [sessionId, keys.hash, ...numbers, ...given],
      limits,
    );
    const [session] = sessionsOf(texts, subject);
    if (outcome === 'flipped') return { outcome: 'reused', session, flipped: true };
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
      [this.#names.ofSession(sessionId), keys.sessions, keys.details],
      [sessionId, keys.hash, String(now)],
      limits,
    );
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
    const keys = [this.#names.ofToken(jti, subject)];
    await this.#runner.run(scripts.revokeToken, keys, [timeToLive(expiresAt - now)], limits);
  }

  async isRevoked(query: RevocationQuery, limits?: Limits): Promise<boolean> {
    const { jti, sessionId, generation, subject, issuedAt, now, graceSeconds } = query;
    if (sessionId !== undefined && !mayBelong(sessionId, subject)) return true;
    const token = this.#names.ofToken(jti, subject);
    const keys = this.#names.ofSubject(subject);
    const [verdict] = await (sessionId === undefined
      ? this.#runner.run(scripts.isTokenRevoked, [token, keys.subject], [String(issuedAt)], limits)
      : this.#runner.run(
          scripts.isSessionRevoked,
          [token, this.#names.ofSession(sessionId), keys.sessions],
          [sessionId, String(now), String(generation ?? ''), String(graceSeconds)],
          limits,
        ));
    return verdict === 'dead';
  }

  async remember({ id, now, expiresAt }: OnceEvent, limits?: Limits): Promise<boolean> {
    const keys = [this.#names.ofEvent(id)];
    const [verdict] = await this.#runner.run(scripts.remember, keys, [timeToLive(expiresAt - now)], limits);
    return verdict === 'news';
  }

  /** Nothing when the session is not known, or cannot be that subject's. */
  async #keysOf(sessionId: string, limits: Limits & { readonly subject?: string | undefined }) {
    const { subject } = limits;
    if (subject !== undefined) return mayBelong(sessionId, subject) && this.#names.ofSubject(subject);
    const [, hash] = await this.#runner.run(scripts.locate, [this.#names.ofSession(sessionId)], [], limits);
    return hash !== undefined && this.#names.ofHash(sessionId, hash);
  }

  async #endAll(
    subject: string,
    now: number,
    { exceptSessionId = '', notBefore = now, keepUntil = Infinity }: RevokeSubjectOptions = {},
    limits?: Limits,
    mode = '',
  ): Promise<void> {
    const keys = this.#names.ofSubject(subject);
    const given = [String(now), String(notBefore), timeToLive(keepUntil - now), exceptSessionId, mode];
    const names = [keys.sessions, keys.details, keys.subject, keys.forgotten];
    await this.#runner.run(scripts.revokeSubject, names, given, limits);
  }
}

function checkPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[^{}]{1,200}$/.test(prefix)) return prefix;
  throw new ConfigurationError(
    'RedisTokenStore: prefix must be a string of 1 to 200 characters without braces',
  );
}
