import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryTokenStore, type OnceEvent, type OnceStore } from '../../../src';
import { onceStoreSuite } from '../../../src/testing';

/** The titles of the specs that a store fails. */
async function failuresOf(store: OnceStore): Promise<string[]> {
  const failed: string[] = [];
  const runs: Promise<unknown>[] = [];
  const it = (title: string, body: () => Promise<void>) => runs.push(body().catch(() => failed.push(title)));
  onceStoreSuite(
    {
      describe: (_, body) => {
        body();
      },
      it,
    },
    () => store,
  );
  expect(runs).to.have.lengthOf(7);
  await Promise.all(runs);
  return failed;
}

const mutants: Readonly<Record<string, (store: MemoryTokenStore) => OnceStore['remember']>> = {
  'takes everything for news': () => async () => true,
  'takes nothing for news': () => async () => false,
  'remembers although the deadline has passed': (store) => (event) => store.remember(event),
  'cuts the ids': (store) => (event, limits) =>
    store.remember({ ...event, id: event.id.slice(0, 255) }, limits),
  'tells no letters apart': (store) => (event, limits) =>
    store.remember({ ...event, id: event.id.toLowerCase() }, limits),
  'pads the ids': (store) => (event, limits) => store.remember({ ...event, id: event.id.trim() }, limits),
  'forgets by its own clock': (store) => (event, limits) =>
    event.expiresAt * 1000 < Date.now() ? Promise.resolve(true) : store.remember(event, limits),
  'forgets what expires soon': (store) => (event, limits) =>
    event.expiresAt - event.now < 2 ? Promise.resolve(true) : store.remember(event, limits),
};

describe('onceStoreSuite', () => {
  it('passes a store that is atomic', async () => {
    expect(await failuresOf(new MemoryTokenStore())).to.deep.equal([]);
  });

  for (const [name, mutant] of Object.entries(mutants)) {
    it(`fails a store that ${name}`, async () => {
      const failed = await failuresOf({ remember: mutant(new MemoryTokenStore()) });
      expect(failed).not.to.have.length(0);
    });
  }

  it('fails a store that reads and then writes, by its race alone', async () => {
    const known = new Set<string>();
    const remember = async ({ id }: OnceEvent, { deadline = Infinity } = {}): Promise<boolean> => {
      if (performance.now() >= deadline) throw new Error('too late');
      const isNews = !known.has(id);
      await setImmediate();
      known.add(id);
      return isNews;
    };
    expect(await failuresOf({ remember })).to.deep.equal(['are news to one of fifty callers at once']);
  });
});
