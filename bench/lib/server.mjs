// A server of a benchmark, in a process of its own: `node server.mjs <app> <variant>`.
import { once } from 'node:events';

const [app, variant] = process.argv.slice(2);
const { server, open, routes, close = () => {} } = await started();
if (!server.listening) await once(server, 'listening');
// The connections of a contestant are idle while others have their turn.
for (const timeout of ['keepAliveTimeout', 'headersTimeout', 'requestTimeout']) server[timeout] = 0;
process.on('message', (message) => {
  if (message === 'gc') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system, memory: process.memoryUsage() });
});
process.on('disconnect', async () => {
  await close();
  process.exit();
});
process.send({ port: server.address().port, open, routes });

/** The app, unless what it needs is not installed. */
async function started() {
  try {
    const { start } = await import(new URL(`../apps/${app}.mjs`, import.meta.url));
    return await start(variant);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') throw error;
    process.send('not installed', () => process.exit());
    return new Promise(() => {});
  }
}
