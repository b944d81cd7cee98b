import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
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

  it('needs the URL of the refresh route', async () => {
    const { createAuthFetch } = (await import(resolve(exports['./client'].default))) as {
      createAuthFetch: (options: object) => typeof fetch;
    };
    for (const options of [{}, { refresh: '' }, { refreshUrl: '/auth/refresh' }])
      expect(() => createAuthFetch(options)).to.throw('createAuthFetch: set refresh');
  });

  it('is one ES module that imports nothing', () => {
    expect(source)
      .to.match(/^export function createAuthFetch/m)
      .and.not.match(/\bimport\b|\brequire\b/);
  });
});
