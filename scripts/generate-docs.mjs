// Writes into the guides what the code declares: errors, options and events.
//   node scripts/generate-docs.mjs [--check] [page …]
// With --check nothing is written, and a page that differs from the code ends it with 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { format, resolveConfig } from 'prettier';
import * as errors from './docs/errors.mjs';
import * as events from './docs/events.mjs';
import * as options from './docs/options.mjs';

/** The generated sections of each page, by the name of the file. A section is a function that returns Markdown. */
const sectionsOf = { 'errors.md': errors, 'events.md': events, 'options.md': options };

const isCheck = process.argv.includes('--check');
const given = process.argv.slice(2).filter((word) => word !== '--check');
const pages = given.length > 0 ? given : Object.keys(sectionsOf).map((name) => `docs/guides/${name}`);

for (const page of pages) {
  const present = readFileSync(page, 'utf8');
  const wanted = await fill(present, page);
  if (!isCheck) writeFileSync(page, wanted);
  else if (present !== wanted) {
    console.error(`${page} differs from the code: run 'npm run docs' and read the difference`);
    process.exitCode = 1;
  }
}

async function fill(text, page) {
  const sections = Object.entries(sectionsOf[basename(page)]);
  const filled = sections.reduce((page, [name, write]) => replaceSection(page, name, write()), text);
  return format(filled, { ...(await resolveConfig(page)), parser: 'markdown' });
}

function replaceSection(page, name, content) {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end of generated: ${name} -->`];
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`the page has no place for the ${name}: ${start} … ${end}`);
  return `${before}${start}\n\n${content}\n\n${end}${after}`;
}
