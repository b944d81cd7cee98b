import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const manifest = require.resolve('routing-controllers-jwt/package.json');
const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
const program = join(dirname(manifest), bin['routing-controllers-jwt'] ?? '');

/** What `npx routing-controllers-jwt` runs. */
async function cli(...line: string[]): Promise<string> {
  return (await run(process.execPath, [program, ...line])).stdout;
}

/** A new key file, in a folder of its own. */
export async function createKeyFile(): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'issuer-')), 'keys.json');
  await cli('keygen', '--kid', 'key-0', '--out', file);
  return file;
}

/** How long the steps of a rotation take to arrive, in milliseconds. */
export interface RotationDelays {
  /** Until the issuer has read its file again. */
  readonly reload: number;
  /** Until no token of the old key is in use any more. */
  readonly tokens: number;
}

/** Replaces the key of a file in the three steps of a rotation. */
export async function rotate(file: string, kid: string, delays: RotationDelays): Promise<void> {
  await cli('rotate', file, '--kid', kid);
  await setTimeout(delays.reload);
  const { verifies } = JSON.parse(await cli('rotate', file, '--sign', kid, '--json')) as {
    verifies: string[];
  };
  await setTimeout(delays.reload + delays.tokens);
  for (const old of verifies.filter((name) => name !== kid)) await cli('rotate', file, '--remove', old);
  await setTimeout(delays.reload);
}
