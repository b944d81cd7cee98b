import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { KeySet } from '../../../src';
import { entryOf } from '../../../src/cli/registry';

/** A line of a shell block, with the comments under it. */
export interface Command {
  readonly line: string;
  readonly comments: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional: boolean }>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** Programs that are the reader's own: their lines are only read by a shell. */
const foreign = ['git', 'cd', 'docker', 'pbpaste'];

/** The lines of a shell block; a line that ends with a backslash goes on. */
export function commandsOf(text: string): Command[] {
  const commands: { line: string; comments: string[] }[] = [];
  for (const line of text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter(Boolean)) {
    if (!line.startsWith('#')) commands.push({ line, comments: [] });
    else commands.at(-1)?.comments.push(line.slice(2));
  }
  return commands;
}

/**
 * What would not work in a shell block, curl lines aside: those are sent to a program.
 *
 * @param files what the page's blocks are compiled to
 */
export function brokenCommands(text: string, files: readonly string[] = []): string[] {
  const { status, stderr } = spawnSync('sh', ['-n', '-c', text], { encoding: 'utf8' });
  if (status !== 0) return [stderr];
  return commandsOf(text)
    .flatMap(({ line }) => line.split(' && '))
    .flatMap((line) => problemsOf(line, files).map((problem) => `'${line}': ${problem}`));
}

function problemsOf(line: string, files: readonly string[]): string[] {
  const [name = '', ...words] = line.trim().split(/\s+/);
  if (name === 'curl' || foreign.includes(name)) return [];
  if (name === 'node')
    return isProgram(words[0] ?? '', files) ? [] : ['no such file on this page, or in what was built'];
  if (name === 'npm') return npmProblems(words);
  if (name === 'npx' && words[0] === manifest.name) return cliProblems(words.slice(1));
  if (name === 'npx') return existsSync(`node_modules/.bin/${words[0] ?? ''}`) ? [] : ['no such tool'];
  if (name === 'export') return keyProblems(line);
  return ['a command that nothing here can check'];
}

/** A guide of its own runs the lines: spec/docs/cli-page.full.ts. */
function cliProblems([command = '']: string[]): string[] {
  return command.startsWith('-') || entryOf(command) ? [] : [`no command '${command}'`];
}

function isProgram(path: string, files: readonly string[]): boolean {
  return files.includes(path) || (path.startsWith('dist/') && existsSync(path));
}

function npmProblems([verb = '', ...words]: string[]): string[] {
  if (verb === 'ci') return existsSync('package-lock.json') ? [] : ['no lock file'];
  if (verb === 'init') return words.join() === '-y' ? [] : ['not a way to start'];
  if (verb === 'pkg') return words[0] === 'set' ? [] : ['not a way to set a field'];
  if (verb === 'uninstall') return words.length > 0 ? [] : ['nothing to uninstall'];
  if (verb === 'install') return installProblems(words.filter((word) => !word.startsWith('--')));
  const script = verb === 'run' ? (words.find((word) => !word.startsWith('-')) ?? '') : verb;
  return script in manifest.scripts ? [] : [`no script '${script}'`];
}

/** Whoever installs us needs our peers, in the versions that the specs run with. */
function installProblems(packages: readonly string[]): string[] {
  const names = packages.map((text) => text.replace(/(?<=.)@.*$/, ''));
  const required = Object.keys(manifest.peerDependencies).filter(
    (name) => !manifest.peerDependenciesMeta[name]?.optional,
  );
  const missing = names.includes(manifest.name) ? required.filter((name) => !names.includes(name)) : [];
  return [
    ...missing.map((name) => `${name} is missing`),
    ...packages
      .filter((text, index) => !isTried(text, names[index] ?? ''))
      .map((text) => `${text} is not tried`),
  ];
}

function isTried(text: string, name: string): boolean {
  if (name === manifest.name) return true;
  const version = text.slice(name.length + 1);
  if (name in manifest.dependencies) return version === '';
  const { [name]: tried = '' } = manifest.devDependencies;
  return tried !== '' && (version === '' || tried === version || tried.startsWith(`${version}.`));
}

/** How the variables that the pages set are read. */
const readKey: Readonly<Record<string, (text: string) => KeySet>> = {
  JWT_SECRET_KEY: (text) => KeySet.fromSecret(text),
  ADMIN_SECRET_KEY: (text) => KeySet.fromSecret(text),
  PARTNER_PUBLIC_KEY: (text) => KeySet.fromPem(text, { algorithm: 'ES256' }),
};

/** A line that sets a key sets one that is accepted, and another one each time. */
function keyProblems(line: string): string[] {
  const name = /^export (\w+)=/.exec(line)?.[1] ?? '';
  const read = readKey[name];
  if (!read) return ['a variable that nothing here can check'];
  // npx would look around on the network first.
  const command = line.replace(`npx ${manifest.name}`, `${process.execPath} dist/src/cli/main.js`);
  const secrets = [1, 2].map(
    () => spawnSync('sh', ['-c', `${command}\nprintf %s "$${name}"`], { encoding: 'utf8' }).stdout,
  );
  try {
    secrets.forEach(read);
  } catch (error) {
    return [(error as Error).message];
  }
  return secrets[0] === secrets[1] ? ['the same secret each time'] : [];
}
