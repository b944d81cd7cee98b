import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

const source = join(__dirname, '../src');
const modules = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && !file.startsWith(`cli${sep}`))
  .map((file) => file.split(sep).join('/'));

describe('each module of the library', () => {
  it('is found', () => {
    expect(modules).to.include.members(['index.js', 'http/locations/token-location.js']);
  });

  for (const file of modules) {
    it(`loads by itself: ${file}`, async () => {
      expect(await import(pathToFileURL(join(source, file)).href)).to.have.property('default');
    });
  }
});
