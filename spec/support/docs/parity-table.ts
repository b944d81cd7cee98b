import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as host from 'routing-controllers';

/** What another library can say, by kinds of names. */
export interface Ancestor {
  readonly library: string;
  readonly source: readonly string[];
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The specs that hold a row of the page, by the first name of the row: a file, a colon and the sentence of a spec. */
  readonly heldBy: Readonly<Record<string, readonly string[]>>;
}

interface Row {
  readonly names: readonly string[];
  readonly here: string;
  readonly heldBy: readonly string[];
}

const notHere = /^Not available: (.*)$/;
const doors = ['index', 'redis', 'typeorm'].map((name) => readFileSync(`src/${name}.ts`, 'utf8')).join();

/** What is wrong with the tables of one page: names without a row, rows without a word, words that nothing holds. */
export function parityProblems(page: string, { library, names, heldBy }: Ancestor): string[] {
  const rows = rowsOf(page, heldBy);
  const known = Object.values(names).flat();
  const said = rows.flatMap((row) => row.names);
  const firsts = rows.map((row) => row.names[0]);
  return [
    ...known.filter((name) => !said.includes(name)).map((name) => `${library}: no row for ${name}`),
    ...said.filter((name) => !known.includes(name)).map((name) => `${library}: knows no ${name}`),
    ...said.filter((name, at) => said.indexOf(name) !== at).map((name) => `${library}: two rows for ${name}`),
    ...Object.keys(heldBy)
      .filter((name) => !firsts.includes(name))
      .map((name) => `${library}: no row begins with ${name}`),
    ...rows.flatMap((row) => problemsOf(row).map((problem) => `${row.names.join()}: ${problem}`)),
  ];
}

/** The rows of all tables, without the line of headings, which a line of dashes follows. */
function rowsOf(page: string, heldBy: Ancestor['heldBy']): Row[] {
  const lines = page.split('\n');
  const rows = lines.filter((line, at) => /^\| [^-]/.test(line) && !lines[at + 1]?.startsWith('| --'));
  return rows.map((line) => {
    const [there = '', here = ''] = line.split('|').slice(1, -1);
    const names = codeIn(there);
    return { names, here: here.trim(), heldBy: heldBy[names[0] ?? ''] ?? [] };
  });
}

function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function problemsOf({ names, here, heldBy }: Row): string[] {
  const [, reason] = notHere.exec(here) ?? [];
  return [
    ...(names.length === 0 ? ['a row of nothing'] : []),
    ...(reason === undefined ? problemsOfHere(here, heldBy) : problemsOfReason(reason, heldBy)),
  ];
}

function problemsOfReason(reason: string, heldBy: readonly string[]): string[] {
  if (heldBy.length > 0) return ['what is not here is held by nothing'];
  return reason.split(' ').length < 6 ? ['no reason'] : [];
}

function problemsOfHere(here: string, heldBy: readonly string[]): string[] {
  const unknown = codeIn(here).flatMap((code) => unknownNames(code));
  return [
    ...(here === '' ? ['no word'] : []),
    ...(heldBy.length === 0 ? ['no spec'] : []),
    ...unknown.map((name) => `there is no ${name}`),
    ...heldBy.flatMap((holder) => problemsOfHolder(holder)),
  ];
}

function problemsOfHolder(holder: string): string[] {
  const [path = '', ...words] = holder.split(': ');
  const sentence = words.join(': ');
  if (!existsSync(join('.', path))) return [`no file ${path}`];
  const text = readFileSync(path, 'utf8');
  const isSaid = [`it('${sentence}'`, `it("${sentence}"`].some((title) => text.includes(title));
  return isSaid ? [] : [`${path} does not say '${sentence}'`];
}

/** Names of classes, decorators and types that neither this library, nor the host, nor the language has. */
function unknownNames(code: string): string[] {
  const words = code.replace(/'[^']*'/g, '').match(/(?<![\w.])[A-Z]\w*/g) ?? [];
  return words.filter(
    (word) =>
      !new RegExp(`\\b${word}\\b`).test(doors) && !(word in host) && !(word in globalThis) && !isOwn(word),
  );
}

/** What the examples of the tables call their own, and constants. */
function isOwn(word: string): boolean {
  return ['Container', 'PlanClaims'].includes(word) || /^[A-Z_]+$/.test(word);
}
