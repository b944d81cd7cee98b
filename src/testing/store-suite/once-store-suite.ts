import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { OnceEvent, OnceStore } from '../../store/once-store';
import type { StoreLimits } from '../../store/token-store';
import { randomId } from '../../util/random-id';
import { lifetime, range, start } from './store-fixtures';
import type { SpecRunner } from './token-store-suite';

/**
 * The contract of an {@link OnceStore} as specs, races included: for a store that keeps tickets.
 *
 * @param runner where the specs are defined
 * @param createStore returns the store. It is called once for each spec and may return the same store again
 * @example
 * ```ts
 * import { describe, it } from 'mocha';
 * import { onceStoreSuite, tokenStoreSuite } from 'routing-controllers-jwt/testing';
 *
 * describe('MyTokenStore', () => {
 *   const store = new MyTokenStore();
 *   tokenStoreSuite({ describe, it }, () => store);
 *   onceStoreSuite({ describe, it }, () => store);
 * });
 * ```
 */
export function onceStoreSuite(
  { describe, it }: SpecRunner,
  createStore: () => OnceStore | Promise<OnceStore>,
): void {
  describe('events that happen once', () => {
    for (const [name, run] of Object.entries(onceSpecs)) it(name, async () => run(await createStore()));
  });
}

function remember(
  store: OnceStore,
  members: Partial<OnceEvent> = {},
  limits?: Partial<StoreLimits>,
): Promise<boolean> {
  return store.remember({ id: randomId(), now: start, expiresAt: start + lifetime, ...members }, limits);
}

const onceSpecs: Readonly<Record<string, (store: OnceStore) => Promise<void>>> = {
  'are news the first time only': async (store) => {
    const id = randomId();
    const answers = [];
    for (const now of [start, start, start + 60]) answers.push(await remember(store, { id, now }));
    deepStrictEqual(answers, [true, false, false]);
  },

  'are told apart': async (store) => {
    for (const id of ['a', 'A', 'a ', 'ä']) strictEqual(await remember(store, { id: randomId() + id }), true);
    const same = randomId();
    for (const id of ['a', 'A', 'a ', 'ä']) strictEqual(await remember(store, { id: same + id }), true);
  },

  'have ids of up to 300 characters': async (store) => {
    const id = randomId().padEnd(299, 'x');
    strictEqual(await remember(store, { id: `${id}1` }), true);
    strictEqual(await remember(store, { id: `${id}2` }), true);
    strictEqual(await remember(store, { id: `${id}1` }), false);
  },

  'are remembered until they expire, even if that is soon': async (store) => {
    const id = randomId();
    strictEqual(await remember(store, { id, expiresAt: start + 1 }), true);
    strictEqual(await remember(store, { id, expiresAt: start + 1 }), false);
  },

  'are remembered by the clock of the caller, which may differ': async (store) => {
    for (const offset of [-lifetime, lifetime]) {
      const event = { id: randomId(), now: start + offset, expiresAt: start + offset + 900 };
      strictEqual(await remember(store, event), true);
      strictEqual(await remember(store, event), false);
    }
  },

  'are not remembered when the deadline has passed': async (store) => {
    const id = randomId();
    await rejects(remember(store, { id }, { deadline: performance.now() - 1000 }));
    strictEqual(await remember(store, { id }, { deadline: performance.now() + 60_000 }), true);
  },

  'are news to one of fifty callers at once': async (store) => {
    for (const id of range(5).map(() => randomId())) {
      const answers = await Promise.all(range(50).map(() => remember(store, { id })));
      strictEqual(answers.filter((isNews) => isNews).length, 1);
    }
  },
};
