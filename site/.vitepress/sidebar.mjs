// The navigation. A page of docs/ that it does not name fails the build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

const guides = [
  group(
    'Start',
    'guides/getting-started',
    'guides/endpoints',
    'guides/express',
    'guides/testing',
    'guides/cli',
  ),
  group('Sessions', 'guides/sessions', 'guides/logout', 'guides/tickets'),
  group('Who may do what', 'guides/permissions', 'guides/middleware', 'guides/openapi'),
  group('Where tokens travel', 'guides/locations', 'guides/cookies', 'guides/browser', 'guides/websockets'),
  group('Keys and issuers', 'guides/keys', 'guides/identity-providers'),
  group('Stores', 'guides/stores', 'guides/redis', 'guides/sql', 'guides/writing-a-store'),
  group('Look up', 'guides/options', 'guides/errors', 'guides/events', 'guides/performance'),
  group('Coming from', 'guides/coming-from', ...pagesIn('guides/coming-from')),
];
const recipes = [
  group('Recipes', 'recipes/index', ...pagesIn('recipes').filter((path) => path !== 'recipes/index')),
];
const background = [
  group('Background', 'comparison', 'threat-model', 'security'),
  { ...group('Decisions', ...pagesIn('decisions')), collapsed: true },
];

export const sidebar = {
  '/': [...guides, ...recipes, ...background],
  '/recipes/': [...recipes, ...guides, ...background],
  '/api/': ['', '/client', '/openapi', '/redis', '/testing', '/typeorm'].map(door),
};

const named = Object.values(sidebar['/']).flatMap(({ items }) => items.map(({ link }) => link.slice(1)));
const missing = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('api') && file !== 'index.md')
  .map((file) => file.replace(/\.md$/, ''))
  .filter((path) => !named.includes(path.replace(/index$/, '')) && !named.includes(path));
if (missing.length > 0) throw new Error(`site/.vitepress/sidebar.mjs names no ${missing.join(', ')}`);

function group(text, ...paths) {
  return { text, collapsed: false, items: paths.map(page) };
}

function page(path) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(docs, `${path}.md`), 'utf8'));
  return { text: title.replaceAll('`', ''), link: `/${path.replace(/index$/, '')}` };
}

function pagesIn(folder) {
  return readdirSync(join(docs, folder), { encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file.replace(/\.md$/, '')}`)
    .sort();
}

/** An entry of the package, with its names by kind, as typedoc has written them. */
function door(path) {
  const folder = `api/routing-controllers-jwt${path}`;
  const kinds = ['functions', 'classes', 'interfaces', 'type-aliases', 'variables'];
  const present = readdirSync(join(docs, folder), { withFileTypes: true });
  const items = kinds
    .filter((kind) => present.some((entry) => entry.isDirectory() && entry.name === kind))
    .flatMap((kind) => pagesIn(`${folder}/${kind}`))
    .map((file) => ({ text: file.replace(/.*\//, ''), link: `/${file}` }))
    .sort((one, other) => one.text.localeCompare(other.text, 'en'));
  return { text: `routing-controllers-jwt${path}`, link: `/${folder}/`, collapsed: path !== '', items };
}
