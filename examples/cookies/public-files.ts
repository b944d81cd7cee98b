import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Middleware } from 'koa';

/** Compiled, this file is in `dist/examples/cookies`; tsc leaves the page where it is. */
const folder = join(__dirname, '../../../examples/cookies/public');

/** Every file that there is to see: what is not in this list cannot be asked for, whatever a path says. */
const files = new Map(
  [
    ['/', 'index.html', 'text/html; charset=utf-8'],
    ['/app.js', 'app.js', 'text/javascript; charset=utf-8'],
    ['/call.js', 'call.js', 'text/javascript; charset=utf-8'],
    ['/style.css', 'style.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'icon.svg', 'image/svg+xml'],
  ].map(([path = '', file = '', type = '']) => [path, { type, body: readFileSync(join(folder, file)) }]),
);

/** Serves the page and what belongs to it. */
export const publicFiles: Middleware = (context, next) => {
  const file = files.get(context.path);
  if (!file || (context.method !== 'GET' && context.method !== 'HEAD')) return next();
  context.set('Cache-Control', 'no-cache');
  context.type = file.type;
  context.body = file.body;
  return undefined;
};
