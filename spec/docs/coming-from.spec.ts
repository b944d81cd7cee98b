import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parityProblems, type Ancestor } from '../support/docs/parity-table';

const names = readdirSync('spec/support/ancestors').map((file) => file.replace('.json', ''));

function ancestorOf(name: string): Ancestor {
  return JSON.parse(readFileSync(`spec/support/ancestors/${name}.json`, 'utf8')) as Ancestor;
}

function pageOf(name: string): string {
  return readFileSync(`docs/guides/coming-from/${name}.md`, 'utf8');
}

/** A small table, and what of it must be found out. */
const holder = 'spec/errors/errors.spec.ts: leave the depth of other stacks as it was';
const ancestor: Ancestor = {
  library: 'X',
  source: ['nowhere'],
  names: { all: ['A()', 'B'] },
  heldBy: { 'A()': [holder] },
};
const a = '| `A()` | `new KeySet()` |';
const b = '| `B` | Not available: no one has ever asked for that. |';
const broken: [what: string, rows: string[], problem: string, heldBy?: Ancestor['heldBy']][] = [
  ['a name has no row', [a], 'X: no row for B'],
  ['a name has two rows', [a, b, b], 'X: two rows for B'],
  ['a name is none of theirs', [a, b.replace('`B`', '`B`, `C`')], 'X: knows no C'],
  ['a row has no name', [a, b, b.replace('`B`', 'B')], ': a row of nothing'],
  ['a row has no reason', [a, b.replace(/: .*\./, ': just so.')], 'B: no reason'],
  [
    'a row has a reason and a spec',
    [a, b],
    'B: what is not here is held by nothing',
    { 'A()': [holder], B: [holder] },
  ],
  ['a row has no word', [a.replace('`new KeySet()`', ''), b], 'A(): no word'],
  ['a row has no spec', [a, b], 'A(): no spec', {}],
  ['a spec holds no row', [a, b], 'X: no row begins with C', { 'A()': [holder], C: [holder] }],
  ['a row names what we do not have', [a.replace('KeySet', 'KeyRing'), b], 'A(): there is no KeyRing'],
  [
    'a row is held by no spec that is there',
    [a, b],
    'A(): no file spec/errors/mistakes.spec.ts',
    { 'A()': [holder.replace('errors.spec', 'mistakes.spec')] },
  ],
  [
    'a spec says something else',
    [a, b],
    "A(): spec/errors/errors.spec.ts does not say 'change the depth of other stacks as it was'",
    { 'A()': [holder.replace('leave', 'change')] },
  ],
];

describe('the pages for those who come from elsewhere', () => {
  it('are one for each list of names, and each list says where it is from', () => {
    for (const name of names) expect(ancestorOf(name).source).to.not.deep.equal([]);
    const pages = readdirSync('docs/guides/coming-from').map((file) => file.replace('.md', ''));
    // The one without a list is about routing-controllers itself.
    expect(pages).to.have.members([...names, 'routing-controllers']);
  });

  it('are all on the page that leads to them', () => {
    const overview = readFileSync('docs/guides/coming-from.md', 'utf8');
    for (const name of names) expect(overview).to.include(`(coming-from/${name}.md)`);
  });

  for (const name of names) {
    it(`say each name of ${ancestorOf(name).library} here, held by a spec, or why not`, () => {
      expect(parityProblems(pageOf(name), ancestorOf(name))).to.deep.equal([]);
    });

    it(`are found out when a row is taken out: ${name}`, () => {
      const page = pageOf(name);
      const rows = page.split('\n').filter((line) => line.startsWith('| `'));
      expect(rows).to.have.length.greaterThan(20);
      for (const row of rows)
        expect(parityProblems(page.replace(`${row}\n`, ''), ancestorOf(name)), row).to.not.deep.equal([]);
    });
  }

  it('are right when they say all', () => {
    expect(parityProblems([a, b].join('\n'), ancestor)).to.deep.equal([]);
  });

  for (const [what, rows, problem, heldBy = ancestor.heldBy] of broken) {
    it(`are found out when ${what}`, () => {
      expect(parityProblems(rows.join('\n'), { ...ancestor, heldBy })).to.deep.equal([problem]);
    });
  }
});
