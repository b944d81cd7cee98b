import { expect } from 'chai';
import { Compilation, expectationsIn, filesIn } from '../support/compiler';

const folder = 'spec/types';
const fixtures = filesIn(folder, '.ts').filter((file) => !file.endsWith('.spec.ts'));

describe('the types of the package', function () {
  this.timeout(600_000);
  let compilation: Compilation;

  before(() => {
    compilation = new Compilation(fixtures);
  });

  for (const file of fixtures) {
    describe(file.slice(folder.length + 1, -'.ts'.length), () => {
      const expectations = expectationsIn(file);

      for (const { line, code, what } of expectations) {
        it(`refuse ${what}`, () => {
          // A decorator without parentheses is wrong twice.
          const first = compilation.complaintsAbout(file).find((complaint) => complaint.line === line);
          expect(first).to.include({ code });
        });
      }

      it('let everything else through', () => {
        const expected = new Set(expectations.map(({ line }) => line));
        const complaints = compilation.complaintsAbout(file).filter(({ line }) => !expected.has(line));
        expect(complaints).to.deep.equal([]);
      });
    });
  }

  it('hold in a strict application that skips no declaration', () => {
    expect(compilation.declarations)
      .to.include('dist/src/index.d.ts')
      .and.include('dist/src/manager/jwt-manager.d.ts');
    const complaints = compilation.declarations.flatMap((file) => compilation.complaintsAbout(file));
    expect(complaints).to.deep.equal([]);
  });
});
