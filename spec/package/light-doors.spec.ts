import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { HttpError as ImportedHttpError } from 'routing-controllers';
import { ConfigurationError } from '../../src';
import { checkHttpError } from '../../src/controllers/host/other-copies';
import { HttpError } from '../../src/errors/host';
import { shortList } from '../support/full';

const heavy = ['class-transformer', 'class-validator', 'koa', 'express', 'reflect-metadata'];

/** Each entry point that works without controllers, and which of these packages it loads. */
const doors: [door: string, needed: string[]][] = [
  ['redis', []],
  ['typeorm', ['reflect-metadata']],
];

describe('The entry points without controllers', () => {
  for (const [door, needed] of shortList(doors, 1)) {
    it(`load ${door} without routing-controllers, except for its HttpError`, () => {
      const files = filesLoadedBy(`routing-controllers-jwt/${door}`);
      const ofHost = files.filter((file) => file.includes('/routing-controllers/'));
      expect(ofHost.map((file) => file.split('/node_modules/').at(-1))).to.deep.equal([
        'routing-controllers/cjs/http-error/HttpError.js',
      ]);
      const packages = new Set(files.map(packageOf));
      expect(heavy.filter((name) => packages.has(name))).to.deep.equal(needed);
    });
  }

  it('load fewer than 60 modules for redis', () => {
    expect(filesLoadedBy('routing-controllers-jwt/redis')).to.have.length.below(60);
  });
});

describe('The HttpError that this library extends', () => {
  it('is the class that routing-controllers exports', () => {
    expect(HttpError).to.equal(ImportedHttpError);
    expect(() => {
      checkHttpError();
    }).to.not.throw();
  });

  it('is an error at start when a bundler made another class of it', () => {
    expect(() => {
      checkHttpError(class HttpError extends Error {});
    }).to.throw(ConfigurationError, 'routing-controllers is in this program twice');
  });
});

const known = new Map<string, string[]>();

/** The files that a new process has loaded after it required a module. */
function filesLoadedBy(name: string): string[] {
  const files = known.get(name) ?? filesOf(name);
  known.set(name, files);
  return files;
}

function filesOf(name: string): string[] {
  const script = `require(${JSON.stringify(name)}); console.log(JSON.stringify(Object.keys(require.cache)));`;
  return JSON.parse(execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' })) as string[];
}

function packageOf(file: string): string | undefined {
  return /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}
