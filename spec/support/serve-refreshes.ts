import { JwtError, type JwtManager } from '../../src';
import type { RefreshOrder, Refreshed } from './refresher';

/** The life of a process that refreshes what its parent says, and may be killed at any time. */
export async function serveRefreshes(manager: JwtManager, close: () => unknown): Promise<void> {
  // So that the first order finds everything warm.
  await manager.refresh((await manager.createTokenPair('warm-up')).refresh_token);

  process.on('message', ({ token, count, at }: RefreshOrder) => {
    // All processes begin in the same moment.
    while (Date.now() < at);
    void Promise.all(Array.from({ length: count }, () => refresh(manager, token))).then((results) =>
      process.send?.(results),
    );
  });
  process.on('disconnect', close);
  process.send?.([]);
}

async function refresh(manager: JwtManager, token: string): Promise<Refreshed> {
  try {
    return { pair: await manager.refresh(token) };
  } catch (error) {
    return { code: error instanceof JwtError ? error.code : String(error) };
  }
}
