import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { proseOf, type Page } from './page';

const link = /\]\(([^)\s]+)\)|\b(?:href|src)="([^"]+)"/g;
const pathInCode = /`((?:src|spec|scripts|docs|examples|\.ci)\/[\w./-]*\w)`/g;

/** What a page points at and is not there: links, their headings, and paths of the repository in code marks. */
export function brokenLinks(page: Page, root = '.'): string[] {
  const prose = proseOf(page);
  const links = [...prose.matchAll(link)].map(([, first, second]) => first ?? second ?? '');
  const paths = [...prose.matchAll(pathInCode)].map(([, path = '']) => path);
  return [
    ...links.filter((target) => !/^(https?|mailto):/.test(target) && !leadsSomewhere(target, page, root)),
    ...paths.filter((path) => !existsSync(join(root, path))),
  ];
}

function leadsSomewhere(target: string, page: Page, root: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? join(root, page.path) : join(root, dirname(page.path), path);
  if (path !== '' && !existsSync(file)) return false;
  return heading === undefined || slugs(path === '' ? page.text : readFileSync(file, 'utf8')).has(heading);
}

/** What the places call the headings of a page that show it. */
function slugs(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}
