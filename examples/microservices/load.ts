import { setTimeout } from 'node:timers/promises';
import type { Processes } from './processes';

/** What came of the requests. */
export interface LoadReport {
  requests: number;
  refreshes: number;
  /** Each response that was not 200, once. */
  readonly rejected: Set<string>;
}

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Clients that send requests to both services, one after the other without a pause, until they are told to stop. */
export async function runClients(
  { issuer, orders, invoices }: Processes,
  { clients, refreshEvery, signal }: { clients: number; refreshEvery: number; signal: AbortSignal },
): Promise<LoadReport> {
  const report: LoadReport = { requests: 0, refreshes: 0, rejected: new Set() };

  async function send(url: string, init: RequestInit): Promise<unknown> {
    const response = await fetch(url, init);
    const body = await response.text();
    report.requests++;
    if (response.status === 200) return JSON.parse(body);
    report.rejected.add(`${url}: ${String(response.status)} ${body}`);
    return {};
  }

  async function post(path: string, body: object): Promise<Pair> {
    const headers = { 'Content-Type': 'application/json' };
    return (await send(issuer + path, { method: 'POST', headers, body: JSON.stringify(body) })) as Pair;
  }

  async function client(): Promise<void> {
    let refreshedAt = performance.now();
    let pair = await post('/auth/login', { username: 'test', password: 'test' });
    while (!signal.aborted) {
      const headers = { Authorization: `Bearer ${pair.access_token}` };
      await Promise.all([send(orders, { headers }), send(invoices, { headers })]);
      if (performance.now() - refreshedAt < refreshEvery) continue;
      refreshedAt = performance.now();
      pair = await post('/auth/refresh', { refresh_token: pair.refresh_token });
      report.refreshes++;
    }
  }

  // Not all of them at once, so that they do not refresh at once either.
  const running = Array.from({ length: clients }, async (_, index) => {
    await setTimeout((index * refreshEvery) / clients);
    await client();
  });
  await Promise.all(running);
  return report;
}
