import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { KeySet } from '../../src';
import { cli, useFolder } from '../support/cli';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, object>>;
  readonly engines: object;
}

function manifestIn(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

describe('init', () => {
  const folder = useFolder();

  it('creates a project of the given name', async () => {
    const project = folder.path('my-shop');
    const { code, stdout, stderr } = await cli(['init', project]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.equal(
      `${project}: created a project. Next:\n\n  cd ${project}\n  npm install\n  npm test\n  npm start\n`,
    );
    const files = filesIn(project);
    const template = filesIn('templates/api').map((file) => (file === 'gitignore' ? '.gitignore' : file));
    expect(files).to.have.members([...template, '.env']);
    for (const file of files)
      expect(readFileSync(`${project}/${file}`, 'utf8'), file).to.not.include('my-api');
    expect(manifestIn(`${project}/package.json`).name).to.equal('my-shop');
    expect(readFileSync(`${project}/src/jwt.ts`, 'utf8')).to.include("issuer: 'my-shop'");
  });

  it('uses this version of the package, and versions of the others that the specs run with', async () => {
    const own = manifestIn('package.json');
    await cli(['init', folder.path('my-api')]);
    const { dependencies, devDependencies, engines } = manifestIn(folder.path('my-api/package.json'));
    const {
      [own.name]: version,
      '@node-rs/argon2': argon2,
      ...others
    } = { ...dependencies, ...devDependencies };
    expect({ version, argon2, engines }).to.deep.equal({
      version: `^${own.version}`,
      argon2: '^2.2.1',
      engines: own.engines,
    });
    for (const [name, range] of Object.entries(others))
      expect(range.replace(/^[~^]/, ''), name).to.equal(own.devDependencies[name]);
    const required = Object.keys(own.peerDependencies).filter((name) => !own.peerDependenciesMeta[name]);
    expect(Object.keys(others)).to.include.members(required);
  });

  it('creates the same project on Express', async () => {
    const own = manifestIn('package.json');
    await cli(['init', folder.path('on-koa')]);
    const { code, stderr } = await cli(['init', folder.path('on-express'), '--express']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const [koa, express] = ['on-koa', 'on-express'].map((name) =>
      manifestIn(folder.path(`${name}/package.json`)),
    );
    const koaPackages = ['koa', '@koa/router', 'koa-bodyparser', '@types/koa'];
    const rangeOf = (name: string) => ({ [name]: `^${String(own.devDependencies[name])}` });
    for (const [kind, name] of [
      ['dependencies', 'express'],
      ['devDependencies', '@types/express'],
    ] as const) {
      const shared = Object.entries(koa?.[kind] ?? {}).filter(([each]) => !koaPackages.includes(each));
      expect(express?.[kind]).to.deep.equal({ ...Object.fromEntries(shared), ...rangeOf(name) });
    }
    expect(Object.keys(express?.dependencies ?? {})).to.deep.equal(
      Object.keys(express?.dependencies ?? {}).sort(),
    );
    const files = filesIn(folder.path('on-express'));
    expect(files).to.have.members(filesIn(folder.path('on-koa')));
    // A secret can have any letters.
    for (const file of files.filter((each) => each !== '.env'))
      expect(readFileSync(folder.path(`on-express/${file}`), 'utf8'), file).to.not.match(
        /koa|proxy = true|maxIps/i,
      );
  });

  it('creates a secret that only its user can read, another one each time, and keeps it out of version control', async () => {
    const secrets = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const { stdout } = await cli(['init', folder.path(name), '--json']);
        const next = [`cd ${folder.path(name)}`, 'npm install', 'npm test', 'npm start'];
        expect(JSON.parse(stdout)).to.deep.equal({ folder: folder.path(name), name, next });
        expect(statSync(folder.path(`${name}/.env`)).mode & 0o777).to.equal(0o600);
        expect(readFileSync(folder.path(`${name}/.gitignore`), 'utf8').split('\n')).to.include('.env');
        return /^JWT_SECRET_KEY=(.+)\n$/.exec(readFileSync(folder.path(`${name}/.env`), 'utf8'))?.[1] ?? '';
      }),
    );
    for (const secret of secrets) expect(KeySet.fromSecret(secret).signingKid).to.be.a('string');
    expect(new Set(secrets).size).to.equal(2);
  });

  it('uses a folder that is empty', async () => {
    mkdirSync(folder.path('empty'));
    expect((await cli(['init', folder.path('empty')])).code).to.equal(0);
    expect(existsSync(folder.path('empty/package.json'))).to.equal(true);
  });

  it('leaves a folder alone that is not empty', async () => {
    mkdirSync(folder.path('full'));
    folder.write('full/mine', 'mine');
    expect(await cli(['init', folder.path('full')])).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `${folder.path('full')} is not empty. Nothing was changed\n`,
    });
    expect(readdirSync(folder.path('full'))).to.deep.equal(['mine']);
  });

  const wrong: [path: string, code: number, message: RegExp][] = [
    ['My-Api', 2, /^the name of FOLDER must be one for a package/],
    ['my api', 2, /^the name of FOLDER must be one for a package/],
    ['node_modules', 2, /^the name of FOLDER must be one for a package/],
    ['.hidden', 2, /^the name of FOLDER must be one for a package/],
    ['x'.repeat(102), 2, /^the name of FOLDER must be one for a package/],
    ['file', 1, /file cannot be written: a part of the path is not a folder/],
    ['file/below', 1, /below cannot be written: /],
  ];
  for (const [path, code, message] of wrong) {
    it(`fails for ${path.slice(0, 20)}`, async () => {
      chmodSync(folder.write('file', ''), 0o600);
      const outcome = await cli(['init', folder.path(path)]);
      expect(outcome).to.include({ code, stdout: '' });
      expect(outcome.stderr).to.match(message);
      expect(readdirSync(folder.path('.'))).to.deep.equal(['file']);
    });
  }

  it('needs a folder', async () => {
    expect(await cli(['init'])).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: 'FOLDER is missing. See --help\n',
    });
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(folder.length + 1));
}
