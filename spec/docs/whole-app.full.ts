import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { compile, type Project } from '../support/docs/compiler';
import { itWithCurl } from '../support/docs/curl';
import { readPage, type Block } from '../support/docs/page';
import { followUps, runProgram } from '../support/docs/run-program';

const { blocks } = readPage('README.md', readFileSync('README.md', 'utf8'));
const place = blocks.findIndex(({ file }) => file === 'shop.ts');
const [app, requests] = blocks.slice(place) as [Block, Block];

/** What the first guide tells its readers to put into their tsconfig.json. */
const guide = readPage('a guide', readFileSync('docs/guides/getting-started.md', 'utf8'));
const { compilerOptions } = JSON.parse(
  guide.blocks.find(({ language }) => language === 'json')?.text ?? '{}',
) as { compilerOptions?: unknown };

describe('The whole application of the README', function () {
  this.timeout(600_000);
  let project: Project;

  before(() => {
    const text = app.text.replaceAll('createKoaServer', 'createExpressServer');
    const page = ['```ts', text, '```', '', '```sh', requests.text, '```'].join('\n');
    project = compile([readPage('the README on Express', page)], compilerOptions);
  });
  after(() => {
    project.remove();
  });

  it('has at most sixty lines', () => {
    const lines = app.text.split('\n').filter((line) => line.trim() !== '');
    expect(lines.length).to.be.at.most(60);
  });

  itWithCurl('does on Express what it does on Koa', async () => {
    expect(project.problems).to.deep.equal([]);
    const [program] = project.programs;
    if (!program) throw new Error('there is no program');
    expect(await runProgram(program, followUps(program, project.programs))).to.deep.equal([]);
  });
});
