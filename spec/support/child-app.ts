import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** An app in a process of its own. */
export interface ChildApp {
  readonly child: ChildProcess;
  /** Where it says that it listens. */
  readonly url: string;
  readonly port: number;
  readonly output: { stdout: string; stderr: string };
}

/** How an app in a process of its own ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm start` runs once everything is built; of another example, the same. */
export function startCommand(example = 'basic'): string {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.replace('npm run --silent build && ', '').replace('basic', example);
}

/** Starts what `npm start` starts, or another example, and waits until it says where it listens. */
export async function startChildApp(env: NodeJS.ProcessEnv, example?: string): Promise<ChildApp> {
  const { child, output } = spawnApp(env, example);
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (/Try:\n\n.+\n$/s.test(output.stdout)) resolve(output.stdout);
    });
    child.once('close', () => {
      reject(new Error(`the app ended: ${output.stderr}`));
    });
  });
  const port = /localhost:(\d+)/.exec(said)?.[1] ?? '';
  return { child, output, port: Number(port), url: `http://127.0.0.1:${port}` };
}

/** Starts what `npm start` starts, and waits for its end. */
export function runChildApp(env: NodeJS.ProcessEnv): Promise<Ending> {
  return endOf(spawnApp(env));
}

/** Ends an app as a process manager does, which may have less patience. */
export function endChildApp(app: ChildApp, patience?: number): Promise<Ending> {
  const end = endOf(app, patience);
  app.child.kill('SIGTERM');
  return end;
}

/** One that does not end is ended, without an exit code. */
async function endOf(
  { child, output }: Pick<ChildApp, 'child' | 'output'>,
  patience = 60_000,
): Promise<Ending> {
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...output };
}

function spawnApp(env: NodeJS.ProcessEnv, example?: string): Pick<ChildApp, 'child' | 'output'> {
  // Everything of the caller's stays out but what programs need to be found, and what coverage is measured by.
  const { PATH, NODE_V8_COVERAGE } = process.env;
  const child = spawn('sh', ['-c', startCommand(example)], {
    env: { PATH, ...(NODE_V8_COVERAGE !== undefined && { NODE_V8_COVERAGE }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  return { child, output };
}
