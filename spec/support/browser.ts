import { spawnSync } from 'node:child_process';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { requireService } from './require-service';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a Chromium for this suite. Whoever asks gets a profile of its own, which ends with the suite. */
export function useBrowser(more: readonly string[] = []): () => Promise<BrowserContext> {
  let browser: Browser | undefined;

  before(async function () {
    this.timeout(120_000);
    const executablePath = chromiumOnPath();
    requireService(this, 'Chromium', executablePath === '' ? 'there is no chromium on the PATH' : undefined);
    browser = await chromium.launch({ executablePath, args: [...args, ...more] });
  });

  after(() => browser?.close());

  return async () => {
    const context = await (browser as Browser).newContext();
    context.setDefaultTimeout(60_000);
    return context;
  };
}

function chromiumOnPath(): string {
  return spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).stdout.trim();
}
