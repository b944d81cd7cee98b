// A server of a benchmark, in a process of its own: `node server.mjs <app> <variant>`.
import { once } from 'node:events';

const [app, variant] = process.argv.slice(2);
const { start } = await import(new URL(`../apps/${app}.mjs`, import.meta.url));
const { server, open, routes } = await start(variant);
if (!server.listening) await once(server, 'listening');
process.on('message', (message) => {
  if (message === 'gc') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system, memory: process.memoryUsage() });
});
process.on('disconnect', () => process.exit());
process.send({ port: server.address().port, open, routes });
