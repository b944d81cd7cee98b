import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parityProblems, sectionOf, type Ancestor } from '../support/docs/parity-table';

const page = readFileSync('docs/guides/coming-from.md', 'utf8');
const ancestors: Readonly<Record<string, string>> = {
  'flask.json': 'From Flask-JWT-Extended',
  'sanic.json': 'From Sanic-JWT-Extended',
  'koa-jwt.json': 'From koa-jwt',
  'nest.json': 'From a NestJS guard',
};

function ancestorIn(file: string): Ancestor {
  return JSON.parse(readFileSync(`spec/support/ancestors/${file}`, 'utf8')) as Ancestor;
}

/** A small section, and what of it must be found out. */
const ancestor: Ancestor = { library: 'X', source: ['nowhere'], names: { all: ['A()', 'B'] } };
const holder = '`spec/errors/errors.spec.ts`: leave the depth of other stacks as it was';
const a = `| \`A()\` | \`new KeySet()\` | ${holder} |`;
const b = '| `B` | Not here: nobody has ever asked for that. | – |';
const broken: [what: string, rows: string[], problem: string][] = [
  ['a name has no row', [a], 'X: no row for B'],
  ['a name has two rows', [a, b, b], 'X: two rows for B'],
  ['a name is none of theirs', [a, b.replace('`B`', '`B`, `C`')], 'X: knows no C'],
  ['a row has no name', [a, b, b.replace('`B`', 'B')], ': a row of nothing'],
  ['a row has no reason', [a, b.replace(/: .*\./, ': just so.')], 'B: no reason'],
  ['a row has a reason and a spec', [a, b.replace('–', holder)], 'B: what is not here is held by nothing'],
  ['a row has no word', [a.replace('`new KeySet()`', ''), b], 'A(): no word'],
  ['a row has no spec', [a.replace(holder, '–'), b], 'A(): no spec'],
  ['a row names what we do not have', [a.replace('KeySet', 'KeyRing'), b], 'A(): there is no KeyRing'],
  [
    'a row names no spec that is there',
    [a.replace('errors.spec', 'mistakes.spec'), b],
    'A(): no file spec/mistakes.spec.ts',
  ],
  [
    'a spec says something else',
    [a.replace('leave', 'change'), b],
    "A(): spec/errors/errors.spec.ts does not say 'change the depth of other stacks as it was'",
  ],
];

describe('the page for those who come from elsewhere', () => {
  it('has a section for each list of names, and each list says where it is from', () => {
    expect(readdirSync('spec/support/ancestors')).to.have.members(Object.keys(ancestors));
    for (const file of Object.keys(ancestors)) expect(ancestorIn(file).source).to.not.deep.equal([]);
  });

  for (const [file, heading] of Object.entries(ancestors)) {
    it(`says each name of ${ancestorIn(file).library} here, held by a spec, or why not`, () => {
      expect(parityProblems(sectionOf(page, heading), ancestorIn(file))).to.deep.equal([]);
    });

    it(`is found out when a row is taken out: ${heading}`, () => {
      const section = sectionOf(page, heading);
      const rows = section.split('\n').filter((line) => line.startsWith('| `'));
      expect(rows).to.have.length.greaterThan(20);
      for (const row of rows) {
        expect(parityProblems(section.replace(`${row}\n`, ''), ancestorIn(file)), row).to.not.deep.equal([]);
      }
    });
  }

  it('is right when it says all', () => {
    expect(parityProblems([a, b].join('\n'), ancestor)).to.deep.equal([]);
  });

  for (const [what, rows, problem] of broken) {
    it(`is found out when ${what}`, () => {
      expect(parityProblems(rows.join('\n'), ancestor)).to.deep.equal([problem]);
    });
  }
});
