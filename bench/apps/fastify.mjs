// @fastify/jwt, with and without its cache.
import fastify from 'fastify';
import fastifyJwt from '@fastify/jwt';
import { keysFor, users } from './tokens.mjs';

/** @param variant an algorithm, and `-cache` */
export async function start(variant) {
  const [algorithm, cache] = variant.split('-');
  const { privateText, publicText } = keysFor(algorithm);
  const app = fastify();
  await app.register(fastifyJwt, {
    secret: algorithm === 'HS256' ? privateText : { private: privateText, public: publicText },
    sign: { algorithm, expiresIn: '15m' },
    verify: { algorithms: [algorithm], cache: cache !== undefined },
  });
  app.get('/open', () => ({ identity: 'ada' }));
  const onRequest = (request) => request.jwtVerify();
  app.get('/protected', { onRequest }, (request) => ({ identity: request.user.sub }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const tokens = users.map((sub) => app.jwt.sign({ sub }));
  return { server: app.server, open: '/open', routes: [{ name: algorithm, path: '/protected', tokens }] };
}
