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

const revokedTokens = 10_000;

/** @param variant `koa` or `express`, and `-floor` for routing-controllers alone */
export async function start(variant) {
  const [framework, floor] = variant.split('-');
  const create = framework === 'koa' ? createKoaServer : createExpressServer;
  return floor ? startFloor(create) : startOurs(create);
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

async function startOurs(create) {
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
    const store = new MemoryTokenStore();
    managers[name] = new JwtManager({ keys, store });
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
  return { server: server.listen(0, '127.0.0.1'), open: '/open', routes };
}

/** The tokens of sessions, among many that were revoked. */
async function tokensOf(manager, store) {
  const expiresAt = Math.floor(Date.now() / 1000) + 900;
  for (let revoked = 0; revoked < revokedTokens; revoked++)
    await store.revokeToken({ jti: randomBytes(16).toString('base64url'), subject: 'ada', expiresAt });
  const pairs = await Promise.all(users.map((user) => manager.createTokenPair(user)));
  return pairs.map(({ access_token }) => access_token);
}

/** What a compiler makes of a decorated method. */
function method(owner, name, decorators, run, parameter) {
  owner.prototype[name] = { [name]: run }[name];
  for (const decorate of decorators) decorate(owner.prototype, name);
  parameter?.(owner.prototype, name, 0);
}
