import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { Arguments } from '../arguments';
import { CommandError, UsageError, type Command, type CommandResult } from '../command';
import { ownPackage } from '../own-package';
import { attempt, createSecretFile } from '../secret-file';

/** In the root of the package. */
const templates = join(__dirname, '../../../../templates');

/** Packages of a project by where its manifest has them. */
type Packages = Readonly<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>>;

/** What a project on Koa does not need on Express, and what it needs instead. */
const koaPackages = ['@koa/router', '@types/koa', 'koa', 'koa-bodyparser'];
const expressPackages: Packages = {
  dependencies: { express: '^4.22.3' },
  devDependencies: { '@types/express': '^5.0.6' },
};

/** The name of the template, which its files contain. */
const placeholder = 'my-api';

/** Creates a project. */
export const init: Command = {
  usage: 'FOLDER',
  details:
    'It has validation, users with hashed passwords, logins with a limit, sessions, tests,\n' +
    'and a new secret in .env. FOLDER must not exist, or be empty. Its name becomes that of the package.',
  positionals: ['FOLDER'],
  options: { express: { type: 'flag', help: 'on Express, instead of Koa' } },
  examples: ['init my-api', 'init my-api --express'],
  run: create,
};

async function create(given: Arguments): Promise<CommandResult> {
  const [folder] = given.positionals;
  if (folder === undefined) throw new UsageError('FOLDER is missing');
  const name = basename(resolve(folder));
  if (!/^(?!node_modules$)[a-z0-9][a-z0-9._-]{0,100}$/.test(name))
    throw new UsageError(
      'the name of FOLDER must be one for a package: lower-case letters, digits, dots, dashes',
    );
  attempt(folder, 'written', () => {
    copyTemplate(folder, name, given.has('express'));
  });
  await createSecretFile(join(folder, '.env'), `JWT_SECRET_KEY=${randomBytes(32).toString('base64url')}\n`);
  const steps = [`cd ${folder}`, 'npm install', 'npm test', 'npm start'];
  return {
    text: `${folder}: created a project. Next:\n\n${steps.map((step) => `  ${step}`).join('\n')}`,
    json: { folder, name, next: steps },
  };
}

function copyTemplate(folder: string, name: string, onExpress: boolean): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new CommandError(`${folder} is not empty. Nothing was changed`);
  cpSync(join(templates, 'api'), folder, { recursive: true });
  if (onExpress) cpSync(join(templates, 'express/app.ts'), join(folder, 'src/app.ts'));
  // npm leaves files of this name out of packages.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  for (const file of ['README.md', 'src/jwt.ts', 'package.json']) {
    edit(join(folder, file), (text) => text.replaceAll(placeholder, name));
  }
  if (onExpress)
    edit(join(folder, 'README.md'), (text) =>
      text.replace('`app.proxy = true` and `app.maxIpsCount = 1`', "`app.set('trust proxy', 1)`"),
    );
  edit(join(folder, 'package.json'), (text) => {
    const manifest = JSON.parse(text) as Packages;
    return `${JSON.stringify({ ...manifest, ...packagesOf(manifest, onExpress) }, null, 2)}\n`;
  });
}

function packagesOf({ dependencies, devDependencies }: Packages, onExpress: boolean): Packages {
  const { name, version } = ownPackage();
  const own = { ...dependencies, [name]: `^${version}` };
  if (!onExpress) return { dependencies: own, devDependencies };
  return {
    dependencies: exchange(own, expressPackages.dependencies),
    devDependencies: exchange(devDependencies, expressPackages.devDependencies),
  };
}

/** In alphabetical order, as npm keeps them. */
function exchange(packages: Readonly<Record<string, string>>, added: Readonly<Record<string, string>>) {
  const kept = Object.entries(packages).filter(([name]) => !koaPackages.includes(name));
  return Object.fromEntries([...kept, ...Object.entries(added)].sort());
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
