import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { freePort } from './postgres-server';

/** Why there can be no MariaDB of our own; undefined when there can. */
export function whyNoMariaDbServer(): string | undefined {
  const programs = ['mariadb-install-db', 'mariadbd'];
  const missing = programs.find((name) => spawnSync(name, ['--help']).error);
  return missing === undefined ? undefined : `there is no ${missing} on the PATH`;
}

/** A MariaDB of our own, whose settings may be changed. */
export class MariaDbServer {
  readonly port: number;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.#folder = folder;
    this.port = port;
    this.#process = child;
  }

  /** Makes an empty one and starts it. */
  static async create(): Promise<MariaDbServer> {
    const folder = await mkdtemp(join(tmpdir(), 'jwt-mariadb-'));
    const port = await freePort();
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    const shared = ['--no-defaults', `--datadir=${folder}`, ...user];
    const install = [...shared, '--auth-root-authentication-method=normal', '--skip-test-db'];
    // Two at once would take each other's temporary tables.
    const env = { ...process.env, TMPDIR: folder };
    await promisify(execFile)('mariadb-install-db', install, { env });
    const options = [
      ...shared,
      `--port=${String(port)}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--bind-address=127.0.0.1',
      '--innodb-buffer-pool-size=16M',
    ];
    const child = spawn('mariadbd', options, { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    const server = new MariaDbServer(folder, port, child);
    while (!(await server.#answers())) await setTimeout(50);
    return server;
  }

  /** Executes statements as the administrator. */
  async execute(...statements: string[]): Promise<void> {
    const dataSource = new DataSource({
      type: 'mariadb',
      host: '127.0.0.1',
      port: this.port,
      username: 'root',
    });
    await dataSource.initialize();
    for (const statement of statements) await dataSource.query(statement);
    await dataSource.destroy();
  }

  async remove(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
    await rm(this.#folder, { recursive: true });
  }

  #answers(): Promise<boolean> {
    return this.execute('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}
