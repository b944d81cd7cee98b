// This library, and routing-controllers alone: a checker that answers true is the least that a protected method costs.
import { randomBytes } from 'node:crypto';
import 'reflect-metadata';
import {
  Authorized,
  createExpressServer,
  createKoaServer,
  createParamDecorator,
  Get,
  JsonController,
} from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtRequired,
  KeySet,
  MemoryTokenStore,
} from '../../dist/src/index.js';
import { algorithms, keysFor, users } from './tokens.mjs';

const revokedTokens = process.argv.includes('--quick') ? 1000 : 10_000;

/**
 * @param variant `koa` or `express`, with `-redis` for a replica of Redis instead of the memory, and `-floor` for
 * routing-controllers alone
 */
export async function start(variant) {
  const [framework, kind] = variant.split('-');
  const create = framework === 'koa' ? createKoaServer : createExpressServer;
  if (kind === 'floor') return startFloor(create);
  return startOurs(create, kind === 'redis' ? await redisStores() : memoryStores);
}

const memoryStores = { create: () => new MemoryTokenStore(), close: () => {} };

/** Stores on a Redis of their own. */
async function redisStores() {
  const { noRedisServer, startRedis } = await import('../../dist/spec/support/redis-server.js');
  if (noRedisServer()) throw Object.assign(new Error('no redis-server'), { code: 'MODULE_NOT_FOUND' });
  const { createClient } = await import('redis');
  const { RedisTokenStore } = await import('../../dist/src/redis.js');
  const redis = await startRedis('--appendonly', 'no');
  const client = await createClient({ url: redis.url }).connect();
  const create = (prefix) => new RedisTokenStore(client, { prefix, consistency: 'replica' });
  const close = () => {
    client.destroy();
    return redis.remove();
  };
  return { create, close };
}

async function startFloor(create) {
  class Greetings {}
  const CurrentName = () => createParamDecorator({ value: () => 'ada' });
  method(Greetings, 'open', [Get('/open')], () => ({ identity: 'ada' }));
  method(Greetings, 'floor', [Authorized(), Get('/floor')], () => ({ identity: 'ada' }));
  method(Greetings, 'named', [Authorized(), Get('/named')], (identity) => ({ identity }), CurrentName());
  JsonController()(Greetings);
  const server = create({ controllers: [Greetings], authorizationChecker: () => true });
  const routes = [
    { name: '@Authorized, a checker that returns true', path: '/floor', tokens: users },
    { name: 'the same, with a parameter', path: '/named', tokens: users },
  ];
  return { server: server.listen(0, '127.0.0.1'), open: '/open', routes };
}

async function startOurs(create, stores) {
  class Greetings {}
  method(Greetings, 'open', [Get('/open')], () => ({ identity: 'ada' }));
  const managers = {};
  const routes = [];
  for (const algorithm of algorithms) {
    const path = `/${algorithm}`;
    const name = algorithm === 'HS256' ? 'default' : algorithm;
    const { privateText } = keysFor(algorithm);
    const keys =
      algorithm === 'HS256' ? KeySet.fromSecret(privateText) : KeySet.fromPem(privateText, { algorithm });
    const store = stores.create(algorithm);
    managers[name] = new JwtManager({ keys, store, storeTimeout: 30 });
    method(
      Greetings,
      algorithm,
      [JwtRequired({ manager: name }), Get(path)],
      (token) => ({ identity: token.identity }),
      InjectToken(),
    );
    routes.push({ name: algorithm, path, tokens: await tokensOf(managers[name], store) });
  }
  JsonController()(Greetings);
  const server = create({
    controllers: [Greetings],
    authorizationChecker: createAuthorizationChecker(managers),
  });
  return { server: server.listen(0, '127.0.0.1'), open: '/open', routes, close: stores.close };
}

/** The tokens of sessions, among many that were revoked. */
async function tokensOf(manager, store) {
  const expiresAt = Math.floor(Date.now() / 1000) + 900;
  for (let revoked = 0; revoked < revokedTokens; revoked += 100) {
    const one = () =>
      store.revokeToken({ jti: randomBytes(16).toString('base64url'), subject: 'ada', expiresAt });
    await Promise.all(Array.from({ length: 100 }, one));
  }
  const pairs = await Promise.all(users.map((user) => manager.createTokenPair(user)));
  return pairs.map(({ access_token }) => access_token);
}

/** What a compiler makes of a decorated method. */
function method(owner, name, decorators, run, parameter) {
  owner.prototype[name] = { [name]: run }[name];
  for (const decorate of decorators) decorate(owner.prototype, name);
  parameter?.(owner.prototype, name, 0);
}
