import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The three processes, and where they listen. */
export interface Processes {
  readonly issuer: string;
  readonly orders: string;
  readonly invoices: string;
  stop(): Promise<void>;
}

/** Starts the issuer with its key file, then the services, which know only the address of its JWK set. */
export async function startProcesses(environment: NodeJS.ProcessEnv): Promise<Processes> {
  const started: ChildProcess[] = [];
  const start = async (file: string, env: NodeJS.ProcessEnv): Promise<string> => {
    const child = fork(join(__dirname, file), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    started.push(child);
    return await addressOf(child);
  };
  const issuer = await start('issuer.js', { PORT: '0', ...environment });
  const JWKS_URI = `${issuer}/.well-known/jwks.json`;
  const [orders = '', invoices = ''] = await Promise.all(
    ['orders', 'invoices'].map(
      async (SERVICE) => `${await start('resource.js', { PORT: '0', JWKS_URI, SERVICE })}/${SERVICE}`,
    ),
  );
  return {
    issuer,
    orders,
    invoices,
    stop: async () => {
      await Promise.all(started.map(stop));
    },
  };
}

/** Where a process says that it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  let output = '';
  return await new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      const [, port] = /localhost:(\d+)\. Try:/.exec(output) ?? [];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('close', () => {
      reject(new Error('a process ended before it listened'));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}
