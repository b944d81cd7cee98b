// The middleware of Hono, on Node.js.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { jwt, sign } from 'hono/jwt';
import { secret, users } from './tokens.mjs';

export async function start() {
  const app = new Hono();
  app.get('/open', (context) => context.json({ identity: 'ada' }));
  app.get('/protected', jwt({ secret, alg: 'HS256' }), (context) =>
    context.json({ identity: context.get('jwtPayload').sub }),
  );
  const exp = Math.floor(Date.now() / 1000) + 900;
  const tokens = await Promise.all(users.map((sub) => sign({ sub, exp }, secret, 'HS256')));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  return { server, open: '/open', routes: [{ name: 'HS256', path: '/protected', tokens }] };
}
