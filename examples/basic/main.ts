import type { AddressInfo } from 'node:net';
import { app } from './app';
import { hasOwnSecret } from './jwt';

const server = app.listen(Number(process.env['PORT'] ?? 8000), () => {
  const url = `http://localhost:${String((server.address() as AddressInfo).port)}`;
  if (!hasOwnSecret) console.log('JWT_SECRET_KEY is not set: using a random secret for this run.');
  console.log(`Listening on ${url}. Try:

  curl ${url}/protected
  curl -H "Content-Type: application/json" -X POST \\
    -d '{"username":"test","password":"test"}' ${url}/login
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${url}/protected
`);
});

server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE'
      ? 'The port is taken: choose another with PORT=8001 npm start'
      : error.message,
  );
  process.exitCode = 1;
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
