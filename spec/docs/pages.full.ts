import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import ts from 'typescript';
import { compile, type Program, type Project } from '../support/docs/compiler';
import { itWithCurl } from '../support/docs/curl';
import { uninstalled } from '../support/docs/installs';
import { brokenLinks } from '../support/docs/links';
import { readPage, type Block, type Page } from '../support/docs/page';
import { followUps, runProgram } from '../support/docs/run-program';
import { brokenCommands } from '../support/docs/shell';
import { useRedis } from '../support/use-redis';

const errorsPage = 'docs/guides/errors.md';
/** What some pages show beside it: what the scripts write, and code of libraries that are not here to run it. */
const otherLanguages: Readonly<Record<string, string[]>> = {
  [errorsPage]: ['http'],
  'docs/guides/coming-from/flask.md': ['python'],
  'docs/guides/coming-from/nest.md': ['typescript'],
  'docs/guides/coming-from/sanic.md': ['python'],
  'docs/guides/redis.md': ['conf'],
  'docs/guides/testing.md': ['typescript'],
  'docs/recipes/behind-a-proxy.md': ['conf'],
};
const guides = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
  .map((file) => `docs/${file}`);
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...guides].map((path) =>
  readPage(path, readFileSync(path, 'utf8')),
);

const [start] = pages.filter(({ path }) => path === 'docs/guides/getting-started.md');

function scriptsOf({ blocks }: Page): string[] {
  return blocks.flatMap(({ file }) => file?.replace(/\.ts$/, '.js') ?? []);
}

/** Blocks that need a program before them: what it is asked, and what it prints. */
function needsProgram({ language, text }: Block): boolean {
  return language === 'text' || (language === 'sh' && /^curl /m.test(text));
}

function needsRedis({ text }: Block): boolean {
  return text.includes('REDIS_URL');
}

const app = `import 'reflect-metadata';
import { createKoaServer, Get, JsonController } from 'routing-controllers';

@JsonController()
class Routes {
  @Get('/')
  read() {
    return { read: true };
  }
}

createKoaServer({ controllers: [Routes] }).listen(8000);`;

/** Pages that must be found out, with what is said about them. */
const broken: [name: string, page: Page, problem: RegExp][] = [
  ['does not compile', page('ts', 'export const text: string = 1;'), /not assignable to type 'string'/],
  [
    'imports what we do not export',
    page('ts', "export { X } from 'routing-controllers-jwt';"),
    /no exported/,
  ],
  ['throws', page('ts', "throw new Error('no');"), /ended with 1/],
  ['complains', page('ts', "console.error('odd');"), /complained: odd/],
  ['prints otherwise', page('ts', "console.log('one');", 'text', 'two'), /printed 'one\n', not 'two'/],
  ['answers otherwise', page('ts', app, 'sh', 'curl http://localhost:8000/\n# {}'), /, not '\{\}'/],
  ['asks wrongly', page('ts', app, 'sh', 'curl odd://localhost:8000/'), /failed/],
  ['asks nobody', page('ts', 'export {};', 'sh', 'curl http://localhost:8000/'), /nothing listens/],
];

const brokenShell: [line: string, problem: RegExp][] = [
  ['npm run nothing', /no script 'nothing'/],
  ['npm ci && npm strat', /no script 'strat'/],
  ['npm install routing-controllers-jwt koa', /routing-controllers is missing/],
  ['npm install koa@1', /koa@1 is not tried/],
  ['npm install left-pad', /left-pad is not tried/],
  ['npx nothing', /no such tool/],
  ['npx routing-controllers-jwt nothing', /no command 'nothing'/],
  ['export JWT_SECRET_KEY=short', /too short/],
  ['export JWT_SECRET_KEY=kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQ', /the same secret/],
  ['export PARTNER_PUBLIC_KEY=short', /pem has no key/],
  ['export NOTHING=x', /nothing here can check/],
  ['node app.js', /no such file/],
  ['make', /nothing here can check/],
  ["echo 'open", /nterminated|EOF/],
];

const brokenPointers = [
  '[a page](docs/none.md)',
  '[a heading](#none)',
  '[a heading](README.md#none)',
  '<img src="none.png">',
  'See `spec/none.spec.ts`.',
];

function page(language: string, text: string, nextLanguage = 'text', next = ''): Page {
  const path = `page of ${JSON.stringify([text, next])}`;
  return readPage(path, ['```' + language, text, '```', '', '```' + nextLanguage, next, '```'].join('\n'));
}

describe('the documentation', function () {
  this.timeout(600_000);
  let project: Project;

  before(() => {
    project = compile([...pages, ...broken.map(([, page]) => page)], compilerOptions());
  });

  after(() => {
    project.remove();
  });

  for (const page of pages) {
    describe(page.path, () => {
      it('points only at what is there', () => {
        expect(brokenLinks(page)).to.deep.equal([]);
      });

      it('asks nothing and shows nothing before there is a program', () => {
        const first = page.blocks.find(({ language }) => language === 'ts')?.line ?? Infinity;
        const early = page.blocks.filter((block) => needsProgram(block) && block.line < first);
        expect(early).to.deep.equal([]);
      });

      it('has its readers install what its programs import', () => {
        expect(uninstalled(page, start as Page)).to.deep.equal([]);
      });

      for (const { language, line, text } of page.blocks) {
        it(`has a block in line ${String(line)} that holds: ${language}`, () => {
          const known = ['ts', 'js', 'sh', 'json', 'text', ...(otherLanguages[page.path] ?? [])];
          expect(known).to.include(language);
          if (language === 'ts') expect(compilerOn(page)).to.deep.equal([]);
          // For browsers, where spec/docs/cookies-page.spec.ts and spec/browser/browser-page.full.ts run it, or of another library.
          if (language === 'js') expect(syntaxErrorsIn(text)).to.deep.equal([]);
          if (language === 'sh') expect(brokenCommands(text, scriptsOf(page))).to.deep.equal([]);
          if (language === 'json') expect(JSON.parse(text)).to.be.an('object');
        });
      }

      if (page.blocks.some(({ language }) => language === 'ts')) {
        itWithCurl('has programs that do what it says', async () => {
          expect(await runAll(page)).to.deep.equal([]);
        });
      }

      if (page.blocks.some(needsRedis)) {
        describe('with Redis', () => {
          const url = useRedis('shop');

          itWithCurl('has programs that do what it says', async () => {
            expect(await runAll(page, { REDIS_URL: url() })).to.deep.equal([]);
          });
        });
      }
    });
  }

  describe('when a page', () => {
    for (const [name, page, problem] of broken) {
      itWithCurl(`${name}, is found out`, async () => {
        const problems = [...compilerOn(page), ...(await runAll(page))];
        expect(problems.join('\n')).to.match(problem);
      });
    }

    for (const [line, problem] of brokenShell) {
      it(`says '${line}', is found out`, () => {
        expect(brokenCommands(line).join('\n')).to.match(problem);
      });
    }

    for (const text of brokenPointers) {
      it(`points at nothing with '${text}', is found out`, () => {
        expect(brokenLinks(readPage('a page', text))).to.have.lengthOf(1);
      });
    }

    it('imports what its readers do not have, is found out', () => {
      const imports =
        "import 'redis/x';\nimport 'koa';\nimport './own.js';\nimport '@scope/other';\nimport 'node:fs';";
      expect(uninstalled(page('ts', imports), start as Page)).to.deep.equal(['redis', '@scope/other']);
      expect(uninstalled(page('ts', imports, 'sh', 'npm install redis@6 @scope/other'), start as Page)).to.be
        .empty;
    });

    it('has a script that does not parse, is found out', () => {
      expect(syntaxErrorsIn("import x from 'y';\nawait x(;")).to.not.be.empty;
    });

    it('has a block without an end, is found out', () => {
      expect(() => readPage('a page', '```ts\nexport {};')).to.throw('a page:1: a block without an end');
    });
  });

  function compilerOn(page: Page): string[] {
    const place = `${page.path}:`;
    return project.problems.filter((problem) => problem.startsWith(place));
  }

  /** Runs the programs of a page that need what the environment has, and no others. */
  async function runAll(page: Page, environment: NodeJS.ProcessEnv = {}): Promise<string[]> {
    const programs = project.programs.filter((program) => program.page === page);
    const now = programs.filter(({ block }) => needsRedis(block) === 'REDIS_URL' in environment);
    const problems = await Promise.all(now.map((program) => runOne(program, programs, environment)));
    return problems.flat();
  }

  async function runOne(
    program: Program,
    programs: readonly Program[],
    environment: NodeJS.ProcessEnv,
  ): Promise<string[]> {
    const problems = await runProgram(program, followUps(program, programs), environment);
    return problems.map((problem) => `line ${String(program.block.line)}: ${problem}`);
  }
});

function syntaxErrorsIn(text: string): unknown[] {
  const { diagnostics = [] } = ts.transpileModule(text, { fileName: 'page.js', reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => messageText);
}

/** What the first guide tells its readers to put into their tsconfig.json. */
function compilerOptions(): unknown {
  const guide = pages.find(({ path }) => path === 'docs/guides/getting-started.md');
  const block = guide?.blocks.find(({ language }) => language === 'json');
  return (JSON.parse(block?.text ?? '{}') as { compilerOptions?: unknown }).compilerOptions;
}
