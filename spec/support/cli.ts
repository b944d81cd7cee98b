import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../../src';
import { run } from '../../src/cli/run';
import { testClock } from './manager';

/** What a command line did. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function cli(
  line: readonly string[],
  input?: string | Readable,
  clock: Clock = testClock(),
): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  const stdin = typeof input === 'object' ? input : Readable.from([Buffer.from(input ?? '')]);
  const code = await run(line, {
    stdin: input === undefined ? Object.assign(stdin, { isTTY: true }) : stdin,
    clock,
    write: (text) => (output.stdout += text),
    complain: (text) => (output.stderr += text),
  });
  return { code, ...output };
}

/** Runs a command line in a process of its own. */
export async function spawnCli(
  line: readonly string[],
  { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [resolve('dist/src/cli/main.js'), ...line], {
    env: { ...process.env, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

/** A folder for each spec of a suite, removed after it. */
export function useFolder(): { path(name: string): string; write(name: string, text: string): string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jwt-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const path = (name: string) => join(folder, name);
  return {
    path,
    write: (name, text) => {
      writeFileSync(path(name), text);
      return path(name);
    },
  };
}
