import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const versions = '/usr/lib/postgresql';

/** Where a program of PostgreSQL is. */
function program(name: string): string {
  const folders = existsSync(versions) ? readdirSync(versions) : [];
  const paths = folders.map((version) => join(versions, version, 'bin', name));
  return paths.find((path) => existsSync(path)) ?? '';
}

/** Why there can be no server of our own; undefined when there can. */
export function whyNoPostgresServer(): string | undefined {
  return program('initdb') === '' ? `no initdb below ${versions}` : undefined;
}

/** PostgreSQL does not run as root. */
function user(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres']).toString()));
  return { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
}

/** A PostgreSQL of our own, which may be killed and started again. */
export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** Makes an empty one and starts it. */
  static async create(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'jwt-postgres-'));
    const { uid, gid } = user();
    if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
    const options = ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await promisify(execFile)(program('initdb'), options, user());
    return PostgresServer.#started(folder);
  }

  /** A standby, which follows this one until it is promoted by `pg_promote()`. */
  async standby(): Promise<PostgresServer> {
    const folder = join(this.#folder, 'standby');
    const options = [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-U',
      'postgres',
      '-D',
      folder,
      '-R',
      '-c',
      'fast',
    ];
    await promisify(execFile)(program('pg_basebackup'), options, user());
    return PostgresServer.#started(folder);
  }

  /** Makes a standby a primary. */
  async promote(): Promise<void> {
    await promisify(execFile)(program('pg_ctl'), ['promote', '-D', this.#folder, '-w'], user());
  }

  static async #started(folder: string): Promise<PostgresServer> {
    const server = new PostgresServer(folder, await freePort());
    process.once('exit', () => server.#process?.kill('SIGQUIT'));
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const options = ['-D', this.#folder, '-p', String(this.port), '-k', this.#folder, '-h', '127.0.0.1'];
    this.#process = spawn(program('postgres'), options, { ...user(), stdio: 'ignore' });
    while (!(await isReady(this.port))) await setTimeout(20);
  }

  /** At once, with everything that is under way; what it has promised to keep it must find again by itself. */
  async kill(): Promise<void> {
    if (!this.#process) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGQUIT');
    await gone;
    this.#process = undefined;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(port: number): Promise<boolean> {
  const asked = promisify(execFile)(program('pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]);
  return asked.then(
    () => true,
    () => false,
  );
}
