import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { Arguments } from '../arguments';
import { CommandError, UsageError, type Command, type CommandResult } from '../command';
import { ownPackage } from '../own-package';
import { attempt, createSecretFile } from '../secret-file';

/** The project that is copied, in the root of the package. */
const template = join(__dirname, '../../../../templates/api');

/** The name of the template, which its files contain. */
const placeholder = 'my-api';

/** Creates a project. */
export const init: Command = {
  usage: 'FOLDER',
  details:
    'It has controllers with validation, users with hashed passwords, login, refresh and logout, tests,\n' +
    'and a new secret in .env. FOLDER must not exist, or be empty. Its name becomes that of the package.',
  positionals: ['FOLDER'],
  options: {},
  examples: ['init my-api'],
  run: create,
};

async function create(given: Arguments): Promise<CommandResult> {
  const [folder] = given.positionals;
  if (folder === undefined) throw new UsageError('FOLDER is missing');
  const name = basename(resolve(folder));
  if (!/^[a-z0-9][a-z0-9._-]{0,100}$/.test(name))
    throw new UsageError(
      'the name of FOLDER must be one for a package: lower-case letters, digits, dots, dashes',
    );
  attempt(folder, 'written', () => {
    copyTemplate(folder, name);
  });
  await createSecretFile(join(folder, '.env'), `JWT_SECRET_KEY=${randomBytes(32).toString('base64url')}\n`);
  const steps = [`cd ${folder}`, 'npm install', 'npm test', 'npm start'];
  return {
    text: `${folder}: created a project. Next:\n\n${steps.map((step) => `  ${step}`).join('\n')}`,
    json: { folder, name, next: steps },
  };
}

function copyTemplate(folder: string, name: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CommandError(`${folder} is not empty. Nothing was changed`);
  cpSync(template, folder, { recursive: true });
  // npm leaves files of this name out of packages.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  for (const file of ['README.md', 'src/jwt.ts', 'package.json']) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(placeholder, name));
  }
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Record<string, string> };
  const { name: own, version } = ownPackage();
  manifest.dependencies[own] = `^${version}`;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
