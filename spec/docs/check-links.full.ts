import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';

const pages: [name: string, html: string][] = [
  [
    'index.html',
    '<h1 id="top">Home</h1><a href="/guides/keys#rotate">keys</a><a href="#top">top</a><img src="/a.png">',
  ],
  [
    'guides/keys.html',
    '<h2 id="rotate">Rotate</h2><a href="../#top">home</a><a href="https://example.com/none">out</a>',
  ],
  ['a.png', ''],
];

describe('the check of the links of the site', () => {
  let root = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'site-'));
    write(pages);
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('accepts pages, headings and files that are there, and leaves other sites alone', () => {
    expect(check()).to.deep.equal({ status: 0, errors: '', output: '4 links of 2 pages checked\n' });
  });

  for (const link of ['/none', '/guides/keys#none', '#none', '/guides', 'none.png', '/guides/keys/']) {
    it(`finds ${link}, which leads nowhere`, () => {
      write([['more.html', `<a href="${link}">a</a>`]]);
      expect(check()).to.include({ status: 1, errors: `more.html: nothing is at ${link}\n` });
    });
  }

  it('fails if there are no pages', () => {
    rmSync(join(root, 'guides'), { recursive: true });
    rmSync(join(root, 'index.html'));
    expect(check().status).to.equal(1);
  });

  function write(files: typeof pages): void {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  }

  function check(): { status: number | null; errors: string; output: string } {
    const { status, stderr, stdout } = spawnSync('node', ['scripts/check-links.mjs', root], {
      encoding: 'utf8',
    });
    return { status, errors: stderr, output: stdout };
  }
});
