import type { Middleware } from 'koa';

/** A page may load what this server has, and nothing else: no code inside of HTML, no frames, no other servers. */
const policy = [
  "default-src 'none'",
  ...['connect', 'img', 'script', 'style'].map((kind) => `${kind}-src 'self'`),
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Sets the headers that protect a page and what it shows. */
export const guard: Middleware = (context, next) => {
  context.set({
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    // What users see is for their eyes only, in caches as well. Public files replace this.
    'Cache-Control': 'no-store',
  });
  return next();
};
