import { readFileSync } from 'node:fs';
import { expect } from 'chai';

type Names = Readonly<Record<string, string>>;

const { dependencies, peerDependencies, devDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Record<'dependencies' | 'peerDependencies' | 'devDependencies', Names>;
const record = readFileSync('docs/decisions/0002-dependencies.md', 'utf8');

/** The packages of a section of the record, with their reasons. */
function reasons(heading: string): Names {
  const [, section = ''] = record.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return Object.fromEntries(
    [...table.matchAll(/^\| `([^`]+)` +\| (.+?) +\|$/gm)].map(([, name = '', reason = '']) => [name, reason]),
  );
}

describe('the record of dependencies', () => {
  for (const [heading, packages] of [
    ['At run time', dependencies],
    ['Peers', peerDependencies],
    ['For development', devDependencies],
  ] as const) {
    it(`has one reason for each, and none for what is gone: ${heading.toLowerCase()}`, () => {
      expect(Object.keys(reasons(heading))).to.have.members(Object.keys(packages));
    });
  }

  it('says that versions for development are exact, and they are', () => {
    for (const [name, version] of Object.entries(devDependencies)) {
      expect(version, name).to.match(/^(npm:\w+@)?\d+\.\d+\.\d+(-rc\.\d+)?$/);
    }
  });

  it('has four packages at run time', () => {
    expect(Object.keys(dependencies)).to.have.members([
      'cookie',
      'jose',
      'jsonwebtoken',
      'rate-limiter-flexible',
    ]);
  });
});
