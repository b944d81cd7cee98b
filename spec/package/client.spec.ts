import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';

describe('the browser client', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: { './client': { default: string } };
  };
  const source = readFileSync(exports['./client'].default, 'utf8');

  it('has less than 2 kB, compressed', () => {
    expect(gzipSync(source).length).to.be.below(2000);
  });

  it('is one ES module that imports nothing', () => {
    expect(source)
      .to.match(/^export function createAuthFetch/m)
      .and.not.match(/\bimport\b|\brequire\b/);
  });
});
