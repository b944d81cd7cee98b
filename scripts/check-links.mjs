// Fails if a page of a built site points at a page, a file or a heading that is not there.
//   node scripts/check-links.mjs site/dist
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const [root = 'site/dist'] = process.argv.slice(2);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.html'),
);
const pages = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const idsOf = new Map([...pages].map(([file, html]) => [file, new Set(valuesOf(html, 'id'))]));

let count = 0;
for (const [file, html] of pages) {
  const links = [...valuesOf(html, 'href'), ...valuesOf(html, 'src')].filter(
    (link) => !/^([a-z]+:|\/\/)/.test(link),
  );
  count += links.length;
  for (const link of new Set(links.filter((link) => !leadsSomewhere(link, file)))) {
    console.error(`${file}: nothing is at ${link}`);
    process.exitCode = 1;
  }
}
if (pages.size === 0) throw new Error(`there is no page in ${root}`);
console.log(`${count} links of ${pages.size} pages checked`);

function valuesOf(html, attribute) {
  return [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value]) =>
    value.replaceAll('&amp;', '&'),
  );
}

function leadsSomewhere(link, file) {
  const [path, heading] = link.split('#').map(decodeURIComponent);
  const target = path === '' ? file : fileOf(path.split('?')[0], file);
  if (target === undefined) return false;
  return !heading || !idsOf.has(target) || idsOf.get(target).has(heading);
}

/** The file of an address: as it is, as a page without its ending, or as the first page of a folder. */
function fileOf(path, file) {
  const absolute = path.startsWith('/') ? join(root, path) : join(root, dirname(file), path);
  const found = [absolute, `${absolute}.html`, join(absolute, 'index.html')].find(isFile);
  return found && relative(root, found);
}

function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}
