import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { RefreshReusedError, TokenRevokedError, type JwtManager, type TokenPair } from '../../src';
import type { Refresher, Refreshed } from './refresher';
import { refusalOf } from './rejected';

const rounds = 25;
const callers = 10;
/** Each takes the start of a process. */
const kills = 20;

/** How the specs get at a store, in this process and in others. */
export interface SharedStore {
  readonly managerWith: (rotationGrace: number) => JwtManager;
  readonly startRefresher: (rotationGrace: number) => Promise<Refresher>;
}

/** What must hold when processes refresh at once, or die on the way. */
export function describeProcesses(title: string, { managerWith, startRefresher }: SharedStore): void {
  describe(title, function () {
    this.timeout(rounds * 12_000);

    async function inTwoProcesses(
      rotationGrace: number,
      check: (manager: JwtManager, results: Refreshed[], identity: string) => Promise<void>,
    ): Promise<void> {
      const manager = managerWith(rotationGrace);
      const processes = await Promise.all([startRefresher(rotationGrace), startRefresher(rotationGrace)]);
      for (let round = 0; round < rounds; round++) {
        const identity = `ada-${String(rotationGrace)}-${String(round)}`;
        const first = await manager.createTokenPair(identity);
        const results = await race(processes, first.refresh_token);
        expect(results).to.have.length(2 * callers);
        await check(manager, results, identity);
      }
      await Promise.all(processes.map((process) => process.stop()));
    }

    it('without a window: one refresh of all comes through, and the session is dead afterwards', () =>
      inTwoProcesses(0, async (manager, results, identity) => {
        const pairs = results.flatMap(({ pair }) => pair ?? []);
        expect(pairs).to.have.length(1);
        expect(new Set(results.map(({ code }) => code))).to.deep.equal(
          new Set([undefined, 'ERR_JWT_REFRESH_REUSED']),
        );
        expect(await manager.listSessions(identity)).to.deep.equal([]);
        await refusalOf(manager.verify(pairs[0]?.access_token ?? ''), TokenRevokedError);
        await refusalOf(manager.refresh(pairs[0]?.refresh_token ?? ''), TokenRevokedError);
      }));

    it('with a window: all get the same successor, and the session moves on once', () =>
      inTwoProcesses(10, async (manager, results, identity) => {
        const texts = new Set(results.map(({ pair, code }) => pair?.refresh_token ?? code));
        expect([...texts]).to.have.length(1);
        const sessions = await manager.listSessions(identity);
        expect(sessions.map(({ generation }) => generation)).to.deep.equal([1]);
        await manager.refresh(results[0]?.pair?.refresh_token ?? '');
      }));

    it('killed in the middle of a refresh, leave one live generation, and the client gets on', async () => {
      const manager = managerWith(10);
      const outcomes = { rotated: 0, replayed: 0 };
      manager.on('sessionRotated', () => outcomes.rotated++);
      manager.on('sessionReplayed', () => outcomes.replayed++);
      // They take long to start: two more are on their way at any time.
      const coming = [startRefresher(10), startRefresher(10)];
      for (let round = 0; round < kills; round++) {
        coming.push(startRefresher(10));
        const process = (await coming.shift()) as Refresher;
        const identity = `bob-${String(round)}`;
        const { pair, refreshes } = await refreshUntilKilled(
          process,
          await manager.createTokenPair(identity),
        );

        const successor = await manager.refresh(pair.refresh_token);
        const sessions = await manager.listSessions(identity);
        expect(sessions.map(({ generation }) => generation)).to.deep.equal([refreshes + 1]);
        expect((await manager.verify(successor.access_token)).sessionId).to.equal(sessions[0]?.id);
        const last = await manager.refresh(successor.refresh_token);
        // One generation lives: whoever shows an older one ends the session.
        await refusalOf(manager.refresh(pair.refresh_token), RefreshReusedError);
        await refusalOf(manager.verify(last.access_token), TokenRevokedError);
      }
      for (const process of await Promise.all(coming)) process.kill();
      expect(outcomes.rotated + outcomes.replayed).to.equal(2 * kills);
    });
  });
}

/** One token, refreshed by all processes in the same moment. */
async function race(processes: readonly Refresher[], token: string): Promise<Refreshed[]> {
  const at = Date.now() + 15;
  const results = await Promise.all(processes.map((process) => process.refresh(token, callers, at)));
  return results.flatMap((list) => list ?? []);
}

/** A client that refreshes as fast as it can, until the process is gone. It has what was answered. */
async function refreshUntilKilled(
  process: Refresher,
  first: TokenPair,
): Promise<{ pair: TokenPair; refreshes: number }> {
  let pair = first;
  let refreshes = 0;
  const killed = setTimeout(Math.random() * 12).then(() => {
    process.kill();
  });
  for (;;) {
    const [result] = (await process.refresh(pair.refresh_token)) ?? [];
    if (!result) break;
    if (!result.pair) throw new Error(`a refresh was refused: ${String(result.code)}`);
    pair = result.pair;
    refreshes++;
  }
  await killed;
  return { pair, refreshes };
}
