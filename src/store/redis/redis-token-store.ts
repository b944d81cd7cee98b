import { ConfigurationError } from '../../errors';
import { systemClock, unixSeconds } from '../../util/clock';
import { maximumDuration } from '../../util/duration';
import { readOptions } from '../../util/options';
import type {
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  StoreLimits,
  TokenStore,
} from '../token-store';
import { scriptClient, type IoredisClient, type NodeRedisClient } from './redis-client';
import { ScriptRunner } from './script-runner';
import { scripts } from './scripts';

/** The options of a {@link RedisTokenStore}. */
export interface RedisTokenStoreOptions {
  /**
   * What the names of all keys start with, in braces. Applications that share a Redis need different ones.
   * @default 'routing-controllers-jwt'
   */
  readonly prefix?: string | undefined;
}

type Key = [kind: 'session' | 'subject' | 'sessions' | 'revoked', id: string];

type Keys = [Key, ...Key[]];

/** Seconds that entries stay longer than their tokens: clocks differ, and a manager may tolerate that. */
const slack = 3600;

/**
 * A token store in Redis, which all processes of an application share. Each verb is one script and one round trip.
 *
 * The client is yours: of `redis` (`createClient`, `createClientPool`, `createCluster`, `createSentinel`) or of
 * `ioredis` (`Redis`, `Cluster`). Connect it, listen to its `error` events, close it. The server is Redis 6.2 or later
 * or Valkey. The scripts touch keys that they read from rows and could not declare: a server that forbids that, such as
 * Dragonfly, must allow it (`--default_lua_flags=allow-undeclared-keys`).
 *
 * - All keys have one hash tag: in a cluster they are all on one node.
 * - Every key has a time to live. Redis must not drop keys earlier: set `maxmemory-policy noeviction`.
 * - What was answered is as durable as Redis is: after a crash, `appendfsync everysec` may lose the last second, and a
 *   failover what its replica had not got yet. A rotation that is lost leaves the client with a token that is not
 *   known, which is no theft: the user logs in again. A revocation that is lost is to be repeated.
 * - A command that waited too long, in a queue or while Redis hung, takes no effect any more. Its deadline is in the
 *   time of Redis, which is learned from every answer; keep the clocks of nodes that may follow each other in step.
 *
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL });
 * redis.on('error', (error) => console.error(error));
 * await redis.connect();
 * const jwtManager = new JwtManager({ secret, store: new RedisTokenStore(redis) });
 * ```
 */
export class RedisTokenStore implements TokenStore {
  readonly #base: string;
  readonly #runner: ScriptRunner;

  /** @throws {@link ConfigurationError} when it is no client of `redis` or `ioredis`, or the prefix cannot be one */
  constructor(client: NodeRedisClient | IoredisClient, options: RedisTokenStoreOptions = {}) {
    this.#runner = new ScriptRunner(scriptClient(client));
    const { prefix = 'routing-controllers-jwt' } = readOptions('RedisTokenStore', options, ['prefix']);
    this.#base = `{${checkPrefix(prefix)}}:`;
  }

  async createSession(session: Session, limits?: StoreLimits): Promise<void> {
    const { id, subject, createdAt, expiresAt } = session;
    const longOver = String(createdAt - slack);
    const [verdict] = await this.#run(
      'createSession',
      [
        ['session', id],
        ['subject', subject],
        ['sessions', subject],
      ],
      [JSON.stringify(session), timeToLive(expiresAt - createdAt), longOver],
      limits,
    );
    if (verdict === 'taken') throw new Error('there is a session with this id');
  }

  async rotateSession(rotation: Rotation, limits?: StoreLimits): Promise<RotationResult> {
    const { sessionId, generation, now, graceSeconds, seen: { userAgent, ip } = {} } = rotation;
    const [outcome, row, flipped] = await this.#run(
      'rotateSession',
      [['session', sessionId]],
      [sessionId, String(generation), String(now), String(graceSeconds), JSON.stringify({ userAgent, ip })],
      limits,
    );
    return {
      outcome: outcome as RotationResult['outcome'],
      ...(row !== undefined && { session: sessionOf(row) }),
      ...(outcome === 'reused' && { flipped: flipped !== undefined }),
    };
  }

  async revokeSession(sessionId: string, now: number, limits?: StoreLimits): Promise<boolean> {
    const keys: Keys = [['session', sessionId]];
    const [verdict] = await this.#run('revokeSession', keys, [sessionId, String(now)], limits);
    return verdict === 'revoked';
  }

  async revokeSubject(
    subject: string,
    now: number,
    { exceptSessionId = '', keepUntil = Infinity }: RevokeSubjectOptions = {},
    limits?: StoreLimits,
  ): Promise<void> {
    const keys: Keys = [
      ['subject', subject],
      ['sessions', subject],
    ];
    if (exceptSessionId !== '') keys.push(['session', exceptSessionId]);
    const given = [subject, String(now), timeToLive(keepUntil - now), exceptSessionId];
    await this.#run('revokeSubject', keys, given, limits);
  }

  async listSessions(subject: string, now: number, limits?: StoreLimits): Promise<Session[]> {
    const keys: Keys = [['sessions', subject]];
    const [, ...rows] = await this.#run('listSessions', keys, [subject, String(now)], limits);
    return rows.map(sessionOf);
  }

  async revokeToken(jti: string, expiresAt: number, limits?: StoreLimits): Promise<void> {
    // The one time that comes without a now.
    const ttl = timeToLive(expiresAt - unixSeconds(systemClock));
    await this.#run('revokeToken', [['revoked', jti]], [jti, ttl], limits);
  }

  async isRevoked(query: RevocationQuery, limits?: StoreLimits): Promise<boolean> {
    const { jti, sessionId, generation, subject, issuedAt } = query;
    const keys: Keys = [
      ['revoked', jti],
      ['subject', subject],
    ];
    if (sessionId !== undefined) keys.push(['session', sessionId]);
    const given = [jti, subject, String(issuedAt), sessionId ?? '', String(generation ?? '')];
    const [verdict] = await this.#run('isRevoked', keys, given, limits);
    return verdict === 'dead';
  }

  #run(verb: keyof typeof scripts, keys: Keys, given: string[], limits?: StoreLimits): Promise<string[]> {
    const names = keys.map((key) => this.#base + key.join(':'));
    return this.#runner.run(scripts[verb], names, [keys[0].join(':'), ...given], limits);
  }
}

function checkPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[^{}]{1,200}$/.test(prefix)) return prefix;
  throw new ConfigurationError('prefix must be a string of 1 to 200 characters without braces');
}

/** Relative: the caller's clock may not be that of Redis. */
function timeToLive(seconds: number): string {
  return String(Math.ceil(Math.min(Math.max(seconds, 0), maximumDuration)) + slack);
}

function sessionOf(text: string): Session {
  const row = JSON.parse(text) as Session & { serial?: number };
  delete row.serial;
  return row;
}
