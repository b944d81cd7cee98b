import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A Redis of our own, which may be hung, killed and started again. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Starts it again on the same port with what it had. */
  start(): Promise<void>;
  /** Ends it at once, without a goodbye. */
  kill(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

const usualPort = 6379;

/** Why no Redis of our own can be started; undefined when it can. */
export function noRedisServer(): string | undefined {
  const { error } = spawnSync('redis-server', ['--version']);
  return error && 'there is no redis-server on the PATH';
}

/** A Redis for specs that do not disturb others: the usual one where it runs, else one of our own. */
export async function someRedis(): Promise<Pick<RedisServer, 'url' | 'remove'> | string> {
  if (await isReady(usualPort)) return { url: urlOf(usualPort), remove: async () => {} };
  const reason = noRedisServer();
  return reason === undefined
    ? startRedis()
    : `nothing answers at 127.0.0.1:${String(usualPort)}, and ${reason}`;
}

/** Starts a Redis on a free port. What it has answered is in a file, so that it survives the process. */
export async function startRedis(...options: string[]): Promise<RedisServer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'redis-'));
  let child: ChildProcess | undefined;
  const killNow = () => child?.kill('SIGKILL');
  process.once('exit', killNow);

  const server: RedisServer = {
    port,
    url: urlOf(port),
    start: async () => {
      child = launch(port, directory, options);
      await untilReady(port);
    },
    kill: async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      killNow();
      await gone;
    },
    signal: (name) => child?.kill(name),
    remove: async () => {
      await server.kill();
      process.removeListener('exit', killNow);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function launch(port: number, directory: string, options: readonly string[]): ChildProcess {
  const network = ['--bind', '127.0.0.1', '--port', String(port)];
  const disk = ['--dir', directory, '--save', '', '--appendonly', 'yes', '--appendfsync', 'no'];
  return spawn('redis-server', [...network, ...disk, ...options], { stdio: 'ignore' });
}

/** Waits until a Redis or a sentinel answers there. */
export async function untilReady(port: number): Promise<void> {
  for (let attempt = 0; attempt < 2400; attempt++) {
    if (await isReady(port)) return;
    await setTimeout(25);
  }
  throw new Error(`no Redis answers at port ${String(port)}`);
}

/** Whether a Redis answers that has read all its data. */
async function isReady(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', timeout: 500 });
  // With an error: otherwise `once(socket, 'data')` never settles.
  socket.on('timeout', () => socket.destroy(new Error('no response')));
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Low enough for the port of a cluster's bus, which is 10,000 above it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    if (port < 55_000) return port;
  }
}

function urlOf(port: number): string {
  return `redis://127.0.0.1:${String(port)}`;
}
