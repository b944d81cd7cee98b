import { parseArgs } from 'node:util';
import { Arguments } from './arguments';
import { UsageError, type Command, type CommandOption } from './command';

/** The options that each command has. */
export const commonOptions: Readonly<Record<string, CommandOption>> = {
  json: { type: 'flag', help: 'write JSON, for programs' },
  help: { type: 'flag', help: 'show this help' },
};

/**
 * Reads a command line. Its errors repeat no argument: it may be a token or a secret.
 *
 * @throws UsageError if an option does not exist, lacks its value, is given twice, or if there are too many arguments
 */
export function parseArguments(line: readonly string[], command: Command): Arguments {
  const options = { ...command.options, ...commonOptions };
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokensOf(line, options)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const value = checkedValue(token, options);
    const previous = values.get(token.name) ?? [];
    if (previous.length > 0 && options[token.name]?.type !== 'list')
      throw new UsageError(`--${token.name} is given twice`);
    values.set(token.name, [...previous, value]);
  }
  if (positionals.length > command.positionals.length)
    throw new UsageError(`too many arguments: there is ${command.positionals.join(' and ') || 'none'}`);
  return new Arguments(positionals, values);
}

function tokensOf(line: readonly string[], options: Command['options']) {
  const entries = Object.entries(options).map(([name, { type }]) => [
    name,
    { type: type === 'flag' ? 'boolean' : 'string', multiple: true, ...(name === 'help' && { short: 'h' }) },
  ]);
  const known = Object.fromEntries(entries) as Record<string, { type: 'boolean' | 'string' }>;
  return parseArgs({ args: [...line], options: known, allowPositionals: true, strict: false, tokens: true })
    .tokens;
}

/** The value of an option, empty for a flag. */
function checkedValue(
  {
    name,
    value,
    inlineValue,
  }: { name: string; value?: string | undefined; inlineValue?: boolean | undefined },
  options: Command['options'],
): string {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) throw new UsageError(`there is no option ${shown(name)}`);
  if (option.type === 'flag') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return '';
  }
  // The next option is no value.
  if (!value || (!inlineValue && value.startsWith('-'))) throw new UsageError(`--${name} needs a value`);
  return value;
}

function shown(name: string): string {
  if (!/^[a-z-]{1,24}$/.test(name)) return 'of this name';
  return name.length === 1 ? `-${name}` : `--${name}`;
}
