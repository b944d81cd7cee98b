import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const page = readFileSync('docs/security.md', 'utf8');
const specs = specsIn(page);

interface Row {
  readonly ids: readonly string[];
  readonly specs: readonly string[];
}

const rows: Row[] = [...page.matchAll(/^\| ([A-H]\d+(?:, [A-H]\d+)*) .*$/gm)].map(([line, ids = '']) => ({
  ids: ids.split(', '),
  specs: specsIn(line),
}));

function specsIn(text: string): string[] {
  return [...text.matchAll(/\(\.\.\/(spec\/[\w./-]+)\)/g)].map(([, path = '']) => path);
}

/** The rows of a group, from the first to the last. */
function group(letter: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${letter}${String(first + index)}`);
}

describe('the page of attacks', () => {
  it('has every row that this release answers for, once', () => {
    expect(rows.flatMap(({ ids }) => ids)).to.have.members([
      ...group('A', 1, 12),
      ...group('B', 1, 7),
      ...group('C', 1, 16),
      ...group('D', 1, 13),
      ...group('E', 1, 5),
      ...group('F', 1, 17),
      ...group('G', 1, 7),
      ...group('H', 1, 3),
    ]);
  });

  for (const { ids, specs } of rows) {
    it(`names specs for ${ids.join(', ')}, and each says what it is for`, () => {
      for (const path of specs) expect(existsSync(path), path).to.equal(true);
      const text = specs.map((path) => readFileSync(path, 'utf8')).join('\n');
      expect(text).to.match(/\bit\(/);
      for (const id of ids) expect(text, id).to.match(new RegExp(`\\b${id}\\b`));
    });
  }

  it('names every spec of attacks', () => {
    const all = readdirSync('spec/attacks').filter((file) => /\.(spec|full)\.ts$/.test(file));
    expect(specs).to.include.members(all.map((file) => join('spec/attacks', file)));
  });
});
