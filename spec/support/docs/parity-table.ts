import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as host from 'routing-controllers';

/** What another library can say, by kinds of names. */
export interface Ancestor {
  readonly library: string;
  readonly source: readonly string[];
  readonly names: Readonly<Record<string, readonly string[]>>;
}

interface Row {
  readonly names: readonly string[];
  readonly here: string;
  readonly heldBy: string;
}

const notHere = /^Not here: (.*)$/;
const holder = /`(spec\/[\w./-]+)`: ([^;]+)/g;
const doors = ['index', 'redis', 'typeorm'].map((name) => readFileSync(`src/${name}.ts`, 'utf8')).join();

/** What is wrong with the tables of one section: names without a row, rows without a word, words that nothing holds. */
export function parityProblems(section: string, { library, names }: Ancestor): string[] {
  const rows = rowsOf(section);
  const known = Object.values(names).flat();
  const said = rows.flatMap((row) => row.names);
  return [
    ...known.filter((name) => !said.includes(name)).map((name) => `${library}: no row for ${name}`),
    ...said.filter((name) => !known.includes(name)).map((name) => `${library}: knows no ${name}`),
    ...said.filter((name, at) => said.indexOf(name) !== at).map((name) => `${library}: two rows for ${name}`),
    ...rows.flatMap((row) => problemsOf(row).map((problem) => `${row.names.join()}: ${problem}`)),
  ];
}

/** The section of a page under a heading. */
export function sectionOf(page: string, heading: string): string {
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

function rowsOf(section: string): Row[] {
  const lines = section.split('\n').filter((line) => /^\| [^-]/.test(line) && !/^\| There +\|/.test(line));
  return lines.map((line) => {
    const [there = '', here = '', heldBy = ''] = line.split('|').slice(1, -1);
    return { names: codeIn(there), here: here.trim(), heldBy: heldBy.trim() };
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

function problemsOfReason(reason: string, heldBy: string): string[] {
  if (heldBy !== '–') return ['what is not here is held by nothing'];
  return reason.split(' ').length < 6 ? ['no reason'] : [];
}

function problemsOfHere(here: string, heldBy: string): string[] {
  const holders = [...heldBy.matchAll(holder)];
  const unknown = codeIn(here).flatMap((code) => unknownNames(code));
  return [
    ...(here === '' ? ['no word'] : []),
    ...(holders.length === 0 ? ['no spec'] : []),
    ...unknown.map((name) => `there is no ${name}`),
    ...holders.flatMap(([, path = '', sentence = '']) => problemsOfHolder(path, sentence.trim())),
  ];
}

function problemsOfHolder(path: string, sentence: string): string[] {
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
