import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Program } from './compiler';
import { curl } from './curl';
import type { Block } from './page';
import { commandsOf, type Command } from './shell';
import { jwkOf, keyPairFor } from '../keys';

/** What became of a program. */
interface Run {
  readonly child: ChildProcess;
  /** Where its server listens; undefined when it has none. */
  readonly port: number | undefined;
  readonly output: { stdout: string; stderr: string };
}

/** The blocks behind a program, up to the next one: curl lines are sent to it, text is what it prints. */
export function followUps({ page, block }: Program, programs: readonly Program[]): Block[] {
  const starts = programs.filter((other) => other.page === page).map((other) => other.block.line);
  const next = Math.min(...starts.filter((line) => line > block.line));
  return page.blocks.filter(
    ({ line, language }) => line > block.line && line < next && ['sh', 'text'].includes(language),
  );
}

/** Runs a program, does what the page does with it, and says what was otherwise than on the page. */
export async function runProgram(
  program: Program,
  blocks: readonly Block[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  const run = await start(program.script, environment);
  try {
    const requests = blocks.flatMap((block) => (block.language === 'sh' ? curlsOf(block) : []));
    const problems = performAll(requests, run);
    if (requests.length === 0) await printed(blocks, run);
    await stop(run);
    return [...problems, ...complaints(run), ...missingText(blocks, run)];
  } finally {
    run.child.kill('SIGKILL');
  }
}

async function start(script: string, environment: NodeJS.ProcessEnv): Promise<Run> {
  const preload = resolve('dist/spec/support/docs/free-port.js');
  const child = spawn(process.execPath, ['--require', preload, script], {
    env: {
      ...process.env,
      NODE_ENV: '',
      JWT_SECRET_KEY: randomBytes(32).toString('base64url'),
      ADMIN_SECRET_KEY: randomBytes(32).toString('base64url'),
      PARTNER_PUBLIC_KEY: keyPairFor('ES256').publicPem,
      JWT_KEYS: JSON.stringify({
        keys: [jwkOf(keyPairFor('ES256').privateKey, { alg: 'ES256', kid: '2026-12' })],
      }),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  const port = await Promise.race([
    once(child, 'message').then(([message]) => (message as { given: number }).given),
    once(child, 'close').then(() => undefined),
  ]);
  // What it printed before it listened came by another pipe.
  await new Promise((done) => setImmediate(done));
  return { child, port, output };
}

/** A program with a server that nobody asks anything talks to it itself: it may do so until it has printed all. */
async function printed(blocks: readonly Block[], run: Run): Promise<void> {
  const end = performance.now() + 60_000;
  while (run.child.exitCode === null && missingText(blocks, run).length > 0 && performance.now() < end)
    await setTimeout(20);
}

async function stop({ child, port }: Run): Promise<void> {
  if (port === undefined || child.exitCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

function complaints({ child, output }: Run): string[] {
  return [
    ...(child.exitCode ? [`it ended with ${String(child.exitCode)}`] : []),
    ...(output.stderr === '' ? [] : [`it complained: ${output.stderr}`]),
  ];
}

function missingText(blocks: readonly Block[], { output }: Run): string[] {
  return blocks
    .filter(({ language, text }) => language === 'text' && !output.stdout.includes(text))
    .map(({ text }) => `it printed '${output.stdout}', not '${text}'`);
}

function curlsOf(block: Block): Command[] {
  return commandsOf(block.text).filter(({ line }) => line.startsWith('curl '));
}

function performAll(commands: readonly Command[], run: Run): string[] {
  let token = lastToken(run.output.stdout);
  return commands.flatMap((command) => {
    if (run.port === undefined) return [`nothing listens for '${command.line}'`];
    const { status, stdout, stderr } = curl(command.line, run.port, token);
    token = lastToken(stdout) ?? token;
    if (status !== 0) return [`'${command.line}' failed: ${stderr}`];
    const lines = stdout.split(/\r?\n/);
    return command.comments
      .filter((comment) => !lines.some((line) => isAsShown(line, comment)))
      .map((comment) => `'${command.line}' answers '${stdout}', not '${comment}'`);
  });
}

/** Text of tokens is cut short on a page. */
function isAsShown(line: string, comment: string): boolean {
  const pattern = comment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('eyJ…', 'eyJ[\\w.-]{60,}');
  return new RegExp(`^${pattern}$`).test(line);
}

function lastToken(text: string): string | undefined {
  return /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(text)?.[0];
}
