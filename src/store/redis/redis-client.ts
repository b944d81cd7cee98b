import { setMaxListeners } from 'node:events';
import { ConfigurationError } from '../../errors/errors';
import { hintAt } from '../../util/promises';
import { listenWithIoredis, listenWithNodeRedis, type Listening } from './listen';

/**
 * What is used of a client, pool, cluster or sentinel of node-redis (the package `redis`, 4 and later).
 *
 * @example
 * ```ts
 * const client = await createClient({ url: process.env.REDIS_URL }).connect();
 * ```
 */
export interface NodeRedisClient {
  /** Runs a script that the server knows. */
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** Runs a script by its text. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/**
 * What is used of a `Redis` or `Cluster` of ioredis, 5 and later.
 *
 * @example
 * ```ts
 * const client = new Redis({ host: 'redis.internal', socketTimeout: 2000 });
 * ```
 */
export interface IoredisClient {
  /** Runs a script that the server knows. */
  evalsha(sha: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Runs a script by its text. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Recognizes a client of ioredis; it is not called. */
  defineCommand(...definition: never[]): unknown;
}

/** A script and what it is given. */
export interface ScriptCall {
  readonly keys: string[];
  readonly arguments: string[];
  /** How many milliseconds the call may wait for a connection, if the client supports that. */
  readonly patience?: number | undefined;
}

/** The one function that both libraries must have. */
export interface ScriptClient {
  evalSha(sha: string, call: ScriptCall): Promise<unknown>;
  eval(script: string, call: ScriptCall): Promise<unknown>;
  /** Whether the client takes its connection for open. */
  isOpen(): boolean;
  /** Whether the application has closed the client. */
  isClosed(): boolean;
  /** Subscribes to a channel, over a connection that does not get in the way of other commands. */
  listen(channel: string, listener: (message: string) => void): Listening;
}

/** Milliseconds. */
const slotWidth = 50;

type Functions = Readonly<Record<string, unknown>>;

/** @throws {@link ConfigurationError} when it is no client */
export function scriptClient(client: unknown): ScriptClient {
  if (has(client, 'evalSha', 'eval')) return ofNodeRedis(client as unknown as NodeRedisClient);
  if (has(client, 'evalsha', 'eval', 'defineCommand')) return ofIoredis(client as unknown as IoredisClient);
  throw new ConfigurationError(
    'RedisTokenStore needs a client of redis, such as await createClient({ url }).connect(), ' +
      `or of ioredis, such as new Redis(url)${hintAt(client)}`,
  );
}

function has(client: unknown, ...names: string[]): client is Functions {
  if (typeof client !== 'object' || client === null) return false;
  return names.every((name) => typeof (client as Functions)[name] === 'function');
}

function ofNodeRedis(client: NodeRedisClient): ScriptClient {
  const patient = patientClients(client);
  return {
    evalSha: (sha, { patience, ...given }) => patient(patience).evalSha(sha, given),
    eval: (script, { patience, ...given }) => patient(patience).eval(script, given),
    isOpen: () => (client as { readonly isReady?: boolean }).isReady !== false,
    isClosed: () => (client as { readonly isOpen?: boolean }).isOpen === false,
    listen: (channel, listener) => listenWithNodeRedis(client, channel, listener),
  };
}

/**
 * Its queue drops a command whose deadline passes before it is sent, so that an outage does not fill the memory. A
 * signal for each command would cost more than the command, so all commands with a deadline within the same 50 ms
 * share one.
 */
function patientClients(client: NodeRedisClient): (patience: number | undefined) => NodeRedisClient {
  if (!has(client, 'withCommandOptions')) return () => client;
  const { withCommandOptions } = client as unknown as {
    withCommandOptions: (options: object) => NodeRedisClient;
  };
  const clients = new Map<number, NodeRedisClient>();
  const create = (slot: number, milliseconds: number) => {
    const abortSignal = AbortSignal.timeout(Math.ceil(milliseconds));
    setMaxListeners(0, abortSignal);
    abortSignal.addEventListener('abort', () => clients.delete(slot));
    const patient = withCommandOptions.call(client, { abortSignal, timeout: 0 });
    clients.set(slot, patient);
    return patient;
  };
  return (patience) => {
    if (patience === undefined) return client;
    const now = performance.now();
    const slot = Math.ceil((now + patience) / slotWidth);
    return clients.get(slot) ?? create(slot, slot * slotWidth - now);
  };
}

function ofIoredis(client: IoredisClient): ScriptClient {
  return {
    evalSha: (sha, { keys, arguments: given }) => client.evalsha(sha, keys.length, ...keys, ...given),
    eval: (script, { keys, arguments: given }) => client.eval(script, keys.length, ...keys, ...given),
    isOpen: () => (client as { readonly status?: string }).status === 'ready',
    isClosed: () => (client as { readonly status?: string }).status === 'end',
    listen: (channel, listener) => listenWithIoredis(client, channel, listener),
  };
}
