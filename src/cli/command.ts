import type { Readable } from 'node:stream';
import type { Clock } from '../util/clock';
import type { Arguments } from './arguments';

/** What a command reads and writes, and its time. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly clock: Clock;
  write(text: string): unknown;
  complain(text: string): unknown;
}

/** An option of a command: a flag, a text, or a text that can be given several times. */
export interface CommandOption {
  readonly type: 'flag' | 'text' | 'list';
  /** What the help calls the value. */
  readonly value?: string;
  readonly help: string;
}

/** What a command has to say: as text for people, as JSON for programs. */
export interface CommandResult {
  readonly text: string;
  readonly json: unknown;
  /** Whether what was checked is wrong, such as a token that has expired: exit code 1. */
  readonly isWrong?: boolean;
}

/** A command. A new one is a file in `commands/` and a line in `registry.ts`. */
export interface Command {
  /** What follows its name, such as `[TOKEN]`. */
  readonly usage: string;
  /** What to know before using it. */
  readonly details: string;
  /** The names of its arguments without a dash. All are optional here: the command checks what it needs. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly examples: readonly string[];
  /** @throws UsageError, CommandError or ConfigurationError */
  run(given: Arguments, io: Terminal): CommandResult | Promise<CommandResult>;
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {}

/** The command cannot do what was asked: exit code 1. */
export class CommandError extends Error {}

/** What people can do about an error of the file system. */
export const fileHints: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission, or none to create files in its folder',
  EBUSY: 'it is mounted on its own. Mount its folder instead',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'you have no permission. Run this as the user whose file it is',
  EROFS: 'the file system is read-only',
};
