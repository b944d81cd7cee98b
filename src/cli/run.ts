import { ConfigurationError } from '../errors/errors';
import { ownPackage } from './own-package';
import { parseArguments } from './parse-arguments';
import { CommandError, UsageError, type Terminal } from './command';
import { generalHelp, helpOf } from './help';
import { printable } from './printable';
import { entryOf, type CommandEntry } from './registry';

/**
 * Runs a command line.
 *
 * @returns the exit code: 0 done or valid, 1 failed or invalid, 2 wrong command line
 */
export async function run(line: readonly string[], io: Terminal): Promise<number> {
  const [name = '', ...rest] = line;
  try {
    if (['', 'help', '--help', '-h'].includes(name)) return await help(rest, name, io);
    if (name === '--version') return done(`${ownPackage().version}\n`, io);
    const entry = entryOf(name);
    if (!entry) throw new UsageError('this command does not exist');
    return await runCommand(name, entry, rest, io);
  } catch (error) {
    return fail(error, rest, io);
  }
}

/** Without a command, the help is an error; asked for, it is not. */
async function help([topic = '']: readonly string[], name: string, io: Terminal): Promise<number> {
  const entry = entryOf(topic);
  const text = entry ? helpOf(topic, entry.summary, await entry.load()) : generalHelp();
  if (name !== '') return done(text, io);
  io.complain(text);
  return 2;
}

async function runCommand(
  name: string,
  { summary, load }: CommandEntry,
  rest: readonly string[],
  io: Terminal,
): Promise<number> {
  const command = await load();
  const given = parseArguments(rest, command);
  if (given.has('help')) return done(helpOf(name, summary, command), io);
  const { text, json, isWrong = false } = await command.run(given, io);
  io.write(`${given.has('json') ? printable(json) : text}\n`);
  return isWrong ? 1 : 0;
}

function fail(error: unknown, rest: readonly string[], io: Terminal): number {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof CommandError) && !(error instanceof ConfigurationError)) throw error;
  const { message } = error;
  const hint = isUsage ? '. See --help' : '';
  io.complain(`${rest.includes('--json') ? printable({ error: message }) : `${message}${hint}`}\n`);
  return isUsage ? 2 : 1;
}

function done(text: string, io: Terminal): number {
  io.write(text);
  return 0;
}
