import { KeySet } from '../keys/key-set';
import type { Arguments } from './arguments';
import { CommandError, fileHints, UsageError, type CommandOption } from './command';
import type { ConfigurationError } from '../errors/errors';
import { algorithmOf } from './new-key';

/** The options that say where keys are. */
export const keyOptions = {
  env: { type: 'text', value: 'NAME', help: 'read the keys from this environment variable' },
  alg: {
    type: 'text',
    value: 'NAME',
    help: 'the algorithm of keys that do not name theirs, such as an RSA key as PEM',
  },
} as const satisfies Readonly<Record<string, CommandOption>>;

/**
 * The keys that a command is given, in any form that `KeySet.fromFile` reads.
 *
 * @param file the name of a file, if there is one
 * @param name what errors call that file
 * @throws UsageError unless there is one source of keys; CommandError if they cannot be used
 */
export function keysOf(file: string | undefined, name: string, given: Arguments): KeySet {
  const variable = given.text('env');
  const algorithm = given.text('alg');
  const options = algorithm === undefined ? {} : { algorithm: algorithmOf(algorithm) };
  if ((file === undefined) === (variable === undefined)) throw new UsageError(`give either ${name} or --env`);
  try {
    return file === undefined ? KeySet.fromEnv(String(variable), options) : KeySet.fromFile(file, options);
  } catch (error) {
    throw new CommandError(inWordsOfCommands((error as ConfigurationError).message));
  }
}

/** Users of the command line do not know the methods of the library or the error codes of the operating system. */
function inWordsOfCommands(message: string): string {
  return message
    .replace(/^KeySet\.from(?:File|Env): /, '')
    .replace(/(?<=cannot be read: )[A-Z]+$/, (code) => fileHints[code] ?? code);
}
