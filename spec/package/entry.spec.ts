import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import ts from 'typescript';
import * as library from '../../src';

const name = 'routing-controllers-jwt';
const { dependencies, peerDependencies, devDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Record<'dependencies' | 'peerDependencies' | 'devDependencies', Readonly<Record<string, string>>>;

const names = Object.keys(library);

describe('the entry of the package', () => {
  it('names what it exports, and does nothing else', () => {
    const source = ts.createSourceFile(
      'index.ts',
      readFileSync('src/index.ts', 'utf8'),
      ts.ScriptTarget.Latest,
    );
    const others = source.statements.filter(
      (statement) =>
        !ts.isExportDeclaration(statement) ||
        !statement.moduleSpecifier ||
        !statement.exportClause ||
        !ts.isNamedExports(statement.exportClause),
    );
    expect(others.map((statement) => statement.getText(source))).to.deep.equal([]);
  });

  it('has the same names for require and for import', async () => {
    const required = createRequire(__filename)(name) as Record<string, unknown>;
    const imported = (await import(name)) as Record<string, unknown>;
    expect(Object.keys(required)).to.have.members(names);
    expect(Object.keys(imported)).to.include.members(names);
  });

  it('gives one identity to require and to import', async () => {
    const required = createRequire(__filename)(name) as Record<string, unknown>;
    const imported = (await import(name)) as Record<string, unknown>;
    for (const one of names) expect(imported[one], one).to.equal(required[one]);
    expect(required).to.equal(createRequire(__filename)('../../src'));
  });

  for (const path of ['src/index', 'dist/src/index.js', 'dist/src/errors/errors.js', 'lib']) {
    it(`keeps '${path}' to itself`, () => {
      expect(() => createRequire(__filename)(`${name}/${path}`) as unknown).to.throw(
        /not defined by "exports"/,
      );
    });
  }

  it('loads its dependencies and peers, and nothing of another service', () => {
    const script = `
      require('reflect-metadata');
      require('${name}');
      const packageOf = (path) => path.split('/node_modules/').slice(1).at(-1)?.match(/^(@[^/]+\\/)?[^/]+/)[0];
      const modules = Object.values(require.cache);
      const ours = modules.filter(({ id }) => !id.includes('/node_modules/'));
      const direct = ours.flatMap(({ children }) => children.map(({ id }) => packageOf(id)));
      console.log(JSON.stringify([direct, modules.map(({ id }) => packageOf(id))].map((list) => [...new Set(list)])));
    `;
    const { stdout } = spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8' });
    const [direct, all] = JSON.parse(stdout) as [(string | null)[], (string | null)[]];
    const allowed = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect(direct.filter((one) => one !== null && !allowed.includes(one))).to.deep.equal([]);
    expect(direct).to.include.members(['jsonwebtoken', 'routing-controllers']);
    // An optional peer, which routing-controllers and authenticateUpgrade load when they need it.
    expect(all).to.not.include('koa');
    const services = ['redis', 'ioredis', 'typeorm', 'pg', 'mysql2', 'sql.js', 'ws', 'express'];
    expect(all.filter((one) => one !== null && services.includes(one))).to.deep.equal([]);
    expect(services.filter((one) => one in devDependencies)).to.not.be.empty;
  });
});
