// Copies what the site shows into site/pages: VitePress looks for its own packages from the folder of a page upwards.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const pages = join(import.meta.dirname, 'pages');

rmSync(pages, { recursive: true, force: true });
cpSync(join(root, 'docs'), pages, { recursive: true });
cpSync(join(import.meta.dirname, 'public'), join(pages, 'public'), { recursive: true });
cpSync(join(root, 'CHANGELOG.md'), join(pages, 'changelog.md'));
cpSync(join(root, 'SECURITY.md'), join(pages, 'security-policy.md'));

for (const file of readdirSync(pages, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.md'),
)) {
  const path = join(pages, file);
  writeFileSync(
    path,
    file.startsWith('api') ? withoutBases(readFileSync(path, 'utf8')) : withNames(readFileSync(path, 'utf8')),
  );
}

/** Shows the names of files, which are comments in the page. */
function withNames(text) {
  return text.replace(/^<!-- file: (\S+) -->$/gm, '<p class="file">$1</p>');
}

/** Leaves out the base classes that are not public: typedoc names them without a link. */
function withoutBases(text) {
  return text
    .replace(/^#+ Inherited from\n\n`[^\n]*\n\n?/gm, '')
    .replace(/^## Extends\n\n(?:- `[^\n]*\n)+\n?/gm, '');
}
