import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of somebody else's. */
export interface WebPage {
  readonly port: number;
  /** What visitors find from now on. */
  show(html: string): void;
  close(): void;
}

/** Serves one page on a free port, under every name of this machine. */
export async function startWebPage(): Promise<WebPage> {
  let shown = '';
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(`<!doctype html>${shown}`);
  });
  server.listen(0);
  // A failing spec must not keep the process.
  server.unref();
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    show: (html) => {
      shown = html;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
