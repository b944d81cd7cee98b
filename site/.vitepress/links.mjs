// Links of the pages to files of the repository that are not pages of the site.
import { dirname, join, relative } from 'node:path';

const pages = join(import.meta.dirname, '../pages');
const elsewhere = { 'CHANGELOG.md': '/changelog', 'SECURITY.md': '/security-policy' };

/** A link to another file becomes its text: the site has no copy of specs and sources. */
export function linkToRepository(md) {
  md.core.ruler.push('link to repository', ({ tokens, env }) => {
    if (!env.path) return; // a title
    for (const { children } of tokens) if (children) rewrite(children, dirname(env.path));
  });
}

function rewrite(tokens, folder) {
  let isDropped = false;
  for (const token of tokens) {
    if (token.type === 'link_close' && isDropped) token.tag = 'span';
    if (token.type !== 'link_open') continue;
    const outside = outsideOf(token.attrGet('href'), folder);
    isDropped = outside !== undefined && !(outside in elsewhere);
    if (isDropped) Object.assign(token, { type: 'span_open', tag: 'span', attrs: [] });
    else if (outside !== undefined) token.attrSet('href', elsewhere[outside]);
  }
}

/** The path in the repository of a link that leaves the pages. */
function outsideOf(href, folder) {
  if (/^([a-z]+:|[#/])/.test(href)) return undefined;
  return /^(?:\.\.\/)+(.+)$/.exec(relative(pages, join(folder, href)))?.[1];
}
