import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { JwtManager, KeySet } from 'routing-controllers-jwt';
import { createKeyFile, rotate } from './key-file';
import { runClients } from './load';
import { startProcesses, type Processes } from './processes';
import { audience, issuer } from './settings';

const rotations = Number(process.env['ROTATIONS'] ?? 3);
const seconds = Number(process.env['SECONDS'] ?? 30);
/** Short, so that no token of the old key is left soon after a new one signs. */
const lifetime = 6;

/** Replaces the key of the issuer several times while clients send requests, and counts those that were rejected. */
async function main(): Promise<void> {
  const keyFile = await createKeyFile();
  const processes = await startProcesses({
    KEY_FILE: keyFile,
    ACCESS_TOKEN_TTL: `${String(lifetime)}s`,
  });
  const over = new AbortController();
  const end = performance.now() + seconds * 1000;
  try {
    const lasting = await tokenOf(keyFile);
    const before = await statusesOf(lasting, processes);
    const load = runClients(processes, { clients: 8, refreshEvery: 1000, signal: over.signal });
    for (let number = 1; number <= rotations; number++)
      await rotate(keyFile, `key-${String(number)}`, { reload: 1500, tokens: lifetime * 1000 });
    setTimeout(
      () => {
        over.abort();
      },
      Math.max(0, end - performance.now()),
    );
    const { requests, refreshes, rejected } = await load;
    console.log(`The key changed ${String(rotations)} times.
Requests: ${String(requests)}, of which refreshes: ${String(refreshes)}
Rejected: ${rejected.size === 0 ? 'none' : [...rejected].join(', ')}
A token of the first key, on both services: ${before}, now ${await statusesOf(lasting, processes)}`);
    process.exitCode = rejected.size === 0 ? 0 : 1;
  } finally {
    over.abort();
    await processes.stop();
    rmSync(dirname(keyFile), { recursive: true });
  }
}

/** A token with the default lifetime, as anyone who has the key file can sign it. */
async function tokenOf(keyFile: string): Promise<string> {
  const manager = new JwtManager({ keys: KeySet.fromFile(keyFile), issuer, audience, store: false });
  return await manager.createAccessToken('test', { scopes: ['orders:read', 'invoices:read'] });
}

async function statusesOf(token: string, { orders, invoices }: Processes): Promise<string> {
  const headers = { Authorization: `Bearer ${token}` };
  const responses = await Promise.all([orders, invoices].map((url) => fetch(url, { headers })));
  return responses.map(({ status }) => status).join(' and ');
}

void main();
