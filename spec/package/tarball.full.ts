import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { secret } from '../support/manager';

interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly exports: Readonly<Record<string, string | { types: string; default: string }>>;
  readonly typesVersions: object;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional: boolean }>>;
  readonly engines: { readonly node: string };
  readonly type: string;
  readonly license: string;
  readonly scripts: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** What `npm pack` would put into the tarball. */
function packedFiles(): string[] {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return packed.files.map(({ path }) => path);
}

describe('the tarball of the package', function () {
  this.timeout(600_000);
  let files: string[];

  before(function () {
    if (spawnSync('npm', ['--version']).status !== 0) this.skip();
    files = packedFiles();
  });

  it('has the build, its source, the template of a project and the pages about it, and nothing else', () => {
    const pages = [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'],
      ...['docs/guides', 'docs/recipes'].flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((path) => /\.(md|svg)$/.test(path))
          .map((page) => `${folder}/${page}`),
      ),
    ];
    const code =
      /^(dist\/src\/[\w/-]+\.(js|d\.ts)(\.map)?|dist\/client\/\w+\.(mjs|d\.mts)|src\/[\w/-]+\.ts|templates\/(api|express)\/[\w./-]+)$/;
    expect(files.filter((file) => !code.test(file))).to.have.members(pages);
    expect(files.filter((file) => /(^|\/)(spec|examples?|bench)\/|\.env|\.tmp/.test(file))).to.deep.equal([]);
  });

  it('has what its manifest points at', () => {
    const { '.': entry } = manifest.exports;
    expect(entry).to.deep.equal({ types: manifest.types, default: manifest.main });
    expect(files).to.include.members([manifest.main, manifest.types].map(normalize));
    expect(manifest.exports).to.have.all.keys(
      '.',
      './testing',
      './redis',
      './typeorm',
      './openapi',
      './client',
      './package.json',
    );
  });

  it('has the types of each subpath for the older module resolution, too', () => {
    const subpaths = Object.entries(manifest.exports).flatMap(([path, target]) =>
      typeof target === 'string' || path === '.' ? [] : [[path.slice(2), [target.types]]],
    );
    expect(manifest.typesVersions).to.deep.equal({ '*': Object.fromEntries(subpaths) as object });
  });

  it('has no optional peer that could stop an install', () => {
    const optional = Object.keys(manifest.peerDependenciesMeta);
    expect(optional).to.have.members([
      '@types/koa',
      'express',
      'koa',
      'redis',
      'routing-controllers-openapi',
      'typeorm',
    ]);
    for (const name of optional) {
      expect(manifest.peerDependenciesMeta[name], name).to.deep.equal({ optional: true });
      expect(manifest.peerDependencies[name], name).to.equal('*');
    }
  });

  it('has every file that its pages link to', () => {
    for (const page of files.filter((file) => file.endsWith('.md'))) {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)];
      const targets = links.map(([, target = '']) => normalize(join(dirname(page), target)));
      expect(files, page).to.include.members(targets);
    }
  });

  it('has the source that each map points at', () => {
    const maps = files.filter((file) => file.endsWith('.map'));
    expect(maps).to.not.be.empty;
    for (const map of maps) {
      const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
      for (const source of sources) expect(files, map).to.include(normalize(join(map, '..', source)));
    }
  });

  it('has no key and no secret', () => {
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      expect(text, file).to.not.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----\\?[nr\s]+[\w+/=]{20}/);
      expect(text, file).to.not.include(secret);
    }
  });

  it('is CommonJS for the Node.js that it says, under the licence that it has', () => {
    expect(manifest).to.deep.include({ type: 'commonjs', license: 'MIT', engines: { node: '>=20.19.0' } });
    expect(readFileSync('LICENSE', 'utf8')).to.match(
      /^MIT License\n\nCopyright \(c\) 2026 The routing-controllers-jwt/,
    );
  });

  it('is built anew whenever it is packed', () => {
    expect(manifest.scripts['prepack']).to.equal('rm -rf dist && npm run --silent build');
    expect(existsSync('dist/src/index.js')).to.equal(true);
  });
});
