import { ConfigurationError } from '../errors/errors';

/**
 * Reads an options object: checks that it is one and that every option exists, and returns a frozen copy with its lists
 * copied and frozen.
 *
 * Only the object's own members count. The copy inherits nothing, so an option that is not given is undefined whatever a
 * polluted prototype holds (CWE-1321), and no later change of the object or its lists has an effect.
 *
 * @param owner the class or function that takes the options, for the error
 * @param example typical options, for the error where the options are required
 * @throws {@link ConfigurationError} when it is no plain object, or has an option that does not exist
 */
export function readOptions<T extends object>(
  owner: string,
  options: T,
  known: readonly string[],
  example?: string,
): Readonly<T> {
  if (!isPlain(options)) {
    const such = example === undefined ? '' : `, such as ${example}`;
    throw new ConfigurationError(`${owner}: the options must be an object${such}`);
  }
  const own = Object.create(null) as Record<string, unknown>;
  // All own members, so that none is dropped because it cannot be enumerated.
  for (const key of Reflect.ownKeys(options)) {
    const name = String(key);
    if (typeof key === 'symbol' || !known.includes(key))
      throw new ConfigurationError(
        `${owner} has no option '${name}'; there are: ${known.join(', ')}${suggestion(name, known)}`,
      );
    own[name] = copyOfList(Reflect.get(options, key));
  }
  return Object.freeze(own) as Readonly<T>;
}

/**
 * Checks the value of one option, undefined where it is not given, and returns what the code works with.
 *
 * @param name what errors call the option, with its owner: `JwtManager: issuer`
 */
export type OptionParser<T> = (value: unknown, name: string) => T;

/** What a table of parsers makes of an options object. */
export type ParsedOptions<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionParser<infer T> ? T : never;
};

/**
 * Reads an options object by a table with a line for each option.
 *
 * @param owner the class or function that takes the options, for the errors
 * @param example typical options, for the error where the options are required
 * @throws {@link ConfigurationError} as {@link readOptions}, and what a parser throws
 */
export function parseOptions<Table extends Readonly<Record<string, OptionParser<unknown>>>>(
  owner: string,
  options: object,
  table: Table,
  example?: string,
): ParsedOptions<Table> {
  const own = readOptions(owner, options as Record<string, unknown>, Object.keys(table), example);
  const parsed = Object.entries(table).map(([name, parse]) => [name, parse(own[name], `${owner}: ${name}`)]);
  return Object.fromEntries(parsed) as ParsedOptions<Table>;
}

/**
 * A frozen copy of an options object that can be returned to users, with copied and frozen lists and nested options
 * objects. The members of lists are not copied.
 */
export function frozenCopy<T extends object>(options: T): Readonly<T> {
  const entries = Object.entries(options).map(([name, value]) => [
    name,
    isPlain(value) ? frozenCopy(value) : copyOfList(value),
  ]);
  return Object.freeze(Object.fromEntries(entries)) as Readonly<T>;
}

/** The option that was probably meant: the same word in other letters, or a longer or shorter form of it. */
function suggestion(name: string, known: readonly string[]): string {
  const given = normalize(name);
  const meant =
    known.find((option) => normalize(option) === given) ??
    known.find((option) => isPrefix(normalize(option), given));
  return meant === undefined ? '' : `. Did you mean '${meant}'?`;
}

function isPrefix(option: string, given: string): boolean {
  if (Math.min(option.length, given.length) < 3) return false;
  return option.startsWith(given) || given.startsWith(option);
}

function normalize(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function copyOfList(value: unknown): unknown {
  return Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value;
}

function isPlain(options: unknown): options is object {
  if (typeof options !== 'object' || options === null) return false;
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === Object.prototype || prototype === null;
}
