import { readFileSync } from 'node:fs';
import type { Middleware } from 'koa';

/** Where a file is, by the path at which it is served. */
export type StaticFiles = Readonly<Record<string, string>>;

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Serves these files. What is not in the list cannot be requested, whatever a path contains. */
export function staticFiles(files: StaticFiles): Middleware {
  const served = new Map(
    Object.entries(files).map(([path, file]) => {
      const type = types[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      return [path, { type, body: readFileSync(file) }];
    }),
  );
  return (context, next) => {
    const file = served.get(context.path);
    if (!file || (context.method !== 'GET' && context.method !== 'HEAD')) return next();
    context.set('Cache-Control', 'no-cache');
    context.type = file.type;
    context.body = file.body;
    return undefined;
  };
}
