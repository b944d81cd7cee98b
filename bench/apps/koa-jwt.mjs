// koa-jwt, with its key as text, as its page shows it, and prepared.
import { createRequire } from 'node:module';
import Router from '@koa/router';
import jsonwebtoken from 'jsonwebtoken';
import Koa from 'koa';
import { secret, keysFor, users } from './tokens.mjs';

const koaJwt = createRequire(import.meta.url)('koa-jwt');

/** @param variant `text` or `prepared` */
export function start(variant) {
  const key = variant === 'text' ? secret : keysFor('HS256').publicKey;
  const router = new Router();
  router.get('/open', (ctx) => (ctx.body = { identity: 'ada' }));
  router.get('/protected', koaJwt({ secret: key, algorithms: ['HS256'] }), (ctx) => {
    ctx.body = { identity: ctx.state.user.sub };
  });
  const server = new Koa().use(router.routes()).listen(0, '127.0.0.1');
  const tokens = users.map((subject) => jsonwebtoken.sign({}, secret, { subject, expiresIn: 900 }));
  return { server, open: '/open', routes: [{ name: 'HS256', path: '/protected', tokens }] };
}
