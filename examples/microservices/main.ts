import { createKeyFile } from './key-file';
import { startProcesses } from './processes';

async function main(): Promise<void> {
  const keyFile = process.env['KEY_FILE'] ?? (await createKeyFile());
  const processes = await startProcesses({ KEY_FILE: keyFile });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void processes.stop());
  const { issuer, orders, invoices } = processes;
  console.log(`An issuer listens on ${issuer}, and two services that know only its JWK set. Try:

  curl -H "Content-Type: application/json" -d '{"username":"test","password":"test"}' ${issuer}/auth/login
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${orders}
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${invoices}
  npx routing-controllers-jwt rotate ${keyFile} --kid key-1
  curl ${issuer}/.well-known/jwks.json`);
}

void main();
