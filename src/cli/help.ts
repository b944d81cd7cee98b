import { commonOptions } from './parse-arguments';
import type { Command, CommandOption } from './command';
import { commands } from './registry';

/** The name of the program. */
export const program = 'routing-controllers-jwt';

/** What `--help` shows without a command. */
export function generalHelp(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  return `Usage: npx ${program} COMMAND [options]

Commands:
${table(rows)}

Options:
${table([
  ['--help', 'show this help, or that of a command'],
  ['--version', 'show the version'],
])}

Exit codes: 0 done or valid, 1 failed or invalid, 2 wrong command line.
`;
}

/** What `--help` shows for a command. */
export function helpOf(
  name: string,
  summary: string,
  { usage, details, options, examples }: Command,
): string {
  const rows = Object.entries({ ...options, ...commonOptions }).map(rowOf);
  const lines = examples.map((example) => `  ${example}`).join('\n');
  return `Usage: npx ${program} ${[name, usage].join(' ').trim()} [options]

${sentence(summary)}
${details}

Options:
${table(rows)}

Examples:
${lines}
`;
}

function rowOf([name, { value, help }]: [string, CommandOption]): readonly [string, string] {
  return [value === undefined ? `--${name}` : `--${name} ${value}`, help];
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`).join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
