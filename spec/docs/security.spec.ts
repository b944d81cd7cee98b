import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const page = readFileSync('docs/security.md', 'utf8');
const named = [...page.matchAll(/\(\.\.\/(spec\/[\w./-]+)\)/g)].map(([, path = '']) => path);
const rows = [...page.matchAll(/^\| ([A-G]\d+(?:, [A-G]\d+)*) /gm)].flatMap(([, ids = '']) =>
  ids.split(', '),
);

/** The rows of a group, from the first to the last. */
function group(letter: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${letter}${String(first + index)}`);
}

describe('the page of attacks', () => {
  for (const path of new Set(named)) {
    it(`names ${path}, which is there and has specs`, () => {
      expect(existsSync(path)).to.equal(true);
      expect(readFileSync(path, 'utf8')).to.match(/\bit\(/);
    });
  }

  it('names every spec of attacks', () => {
    const specs = readdirSync('spec/attacks').filter((file) => file.endsWith('.spec.ts'));
    expect(named).to.include.members(specs.map((file) => join('spec/attacks', file)));
  });

  it('has every row that this release answers for, once', () => {
    const wanted = [
      ...group('A', 1, 12),
      ...group('B', 1, 7),
      ...group('C', 1, 16),
      ...group('D', 1, 4),
      ...group('D', 8, 9),
      ...group('G', 3, 7),
    ];
    expect(rows).to.have.members(wanted);
  });
});
