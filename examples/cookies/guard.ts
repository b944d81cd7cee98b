import type { Middleware } from 'koa';

/** What browsers are told about every answer. */
export const guard: Middleware = (context, next) => {
  context.set({
    'Content-Security-Policy':
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  // Notes are for their owner's eyes only, also in caches.
  if (context.path.startsWith('/api/')) context.set('Cache-Control', 'no-store');
  return next();
};
