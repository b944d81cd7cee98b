import type { AddressInfo } from 'node:net';
import { formatRoutes } from 'routing-controllers-jwt';
import { app } from './app.js';

const server = app.listen(Number(process.env['PORT'] ?? 8000), () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Listening on http://localhost:${port}\n\n${formatRoutes()}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
