// What one protected request crosses of this library: files, functions and calls, counted by the coverage of V8.
import { once } from 'node:events';
import { request } from 'node:http';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const root = new URL('..', import.meta.url);
const require = createRequire(new URL('package.json', root));
require('reflect-metadata');
const { createExpressServer, createKoaServer, Get, JsonController } = require('routing-controllers');
const { createAuthorizationChecker, InjectToken, JwtManager, JwtRequired } = require('./dist/src');

const library = new URL('dist/src/', root).href;
const secret = 'kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQiRtUxYzKvBnMlPwSjDhGfCe';
/** Until everything that is loaded or created at the first request is there. */
const warmUp = 20;

/** A controller of its own for each server: routing-controllers keeps one list for the process. */
function controllerAt(path) {
  class Routes {
    read(token) {
      return { identity: token.identity };
    }
  }
  const { prototype } = Routes;
  InjectToken()(prototype, 'read', 0);
  Get(path)(prototype, 'read');
  JwtRequired()(prototype, 'read', Object.getOwnPropertyDescriptor(prototype, 'read'));
  JsonController()(Routes);
  return Routes;
}

async function send(port, path, token) {
  const headers = { authorization: `Bearer ${token}` };
  const [response] = await once(request({ port, path, headers, agent: false }).end(), 'response');
  await once(response.resume(), 'close');
  if (response.statusCode !== 200) throw new Error(`the response is ${response.statusCode}`);
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** What one request calls of the library. */
async function walkOf(create, cache) {
  const jwtManager = new JwtManager({ secret, cache });
  const path = `/walk-${Math.random().toString(36).slice(2)}`;
  const authorizationChecker = createAuthorizationChecker(jwtManager);
  const server = create({ controllers: [controllerAt(path)], authorizationChecker }).listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  const { access_token: token } = await jwtManager.createTokenPair('ada');
  for (let round = 0; round < warmUp; round++) await send(port, path, token);
  await session.post('Profiler.takePreciseCoverage');
  await send(port, path, token);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  server.close();
  return result.flatMap(({ url, functions }) => {
    const href = url.startsWith('file:') || !url.startsWith('/') ? url : pathToFileURL(url).href;
    if (!href.startsWith(library)) return [];
    const called = functions
      .map(({ functionName, ranges }) => ({ name: functionName || '(anonymous)', calls: ranges[0].count }))
      .filter(({ calls }) => calls > 0);
    return called.length > 0 ? [{ file: href.slice(library.length), called }] : [];
  });
}

const isDetailed = process.argv.includes('--list');
const rows = [];
for (const [framework, create] of [
  ['Koa', createKoaServer],
  ['Express', createExpressServer],
]) {
  for (const [name, cache] of [
    ['from the cache', {}],
    ['verified', false],
  ]) {
    const files = await walkOf(create, cache);
    const called = files.flatMap((file) => file.called);
    const calls = called.reduce((sum, each) => sum + each.calls, 0);
    rows.push({ request: `${framework}, ${name}`, files: files.length, functions: called.length, calls });
    if (!isDetailed) continue;
    console.log(`${framework}, ${name}:`);
    for (const { file, called: functions } of files)
      console.log(`  ${file}: ${functions.map((each) => `${each.name} ${each.calls}`).join(', ')}`);
  }
}
console.table(rows);
