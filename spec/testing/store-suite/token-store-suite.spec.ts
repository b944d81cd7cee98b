import { expect } from 'chai';
import { MemoryTokenStore, type StoreLimits, type TokenStore } from '../../../src';
import { tokenStoreSuite } from '../../../src/testing';
import { isFull } from '../../support/full';
import { intervenedStore } from '../../support/later-store';
import { ReadThenWriteStore } from '../../support/read-then-write-store';
import { storeMutants } from '../../support/store-mutants';

interface Verdicts {
  readonly passed: string[];
  readonly failed: string[];
}

/** Runs the suite outside of mocha, all of its specs at once. */
async function verdictsOn(store: TokenStore): Promise<Verdicts> {
  const specs: [string, () => Promise<void>][] = [];
  const titles: string[] = [];
  const runner = {
    describe: (title: string, body: () => void) => {
      titles.push(title);
      body();
      titles.pop();
    },
    it: (title: string, body: () => Promise<void>) => specs.push([[...titles, title].join(': '), body]),
  };
  tokenStoreSuite(runner, () => store, { rounds: 2, callers: [2, 10] });
  const verdicts: Verdicts = { passed: [], failed: [] };
  await Promise.all(
    specs.map(async ([title, run]) => {
      const isGood = await run().then(
        () => true,
        () => false,
      );
      verdicts[isGood ? 'passed' : 'failed'].push(title);
    }),
  );
  return verdicts;
}

function racyStore(): TokenStore {
  return intervenedStore(new ReadThenWriteStore(), async (_, ask, args) => {
    const { deadline = Infinity } = (args.at(-1) ?? {}) as Partial<StoreLimits>;
    if (performance.now() >= deadline) throw new Error('too late');
    return ask();
  });
}

describe('tokenStoreSuite', function () {
  this.timeout(120_000);

  let onAtomic: Promise<Verdicts>;
  let onRacy: Promise<Verdicts>;

  it('passes a store that is atomic', async () => {
    const { passed, failed } = await onAtomic;
    expect(failed).to.deep.equal([]);
    expect(passed).to.have.length.above(100);
  });

  it('fails a store that reads and then writes, by its races and by nothing else', async () => {
    const { passed, failed } = await onRacy;
    expect(passed).to.have.length.above(90);
    for (const title of failed) expect(title).to.match(/^races: |at once$/);
    expect(failed).to.include.members([
      'logins: is exact when twenty come at once',
      'races: 2 refreshes without a window: one rotates, and the session is dead',
      'races: 10 refreshes within the window: one rotates, the others get the same row',
      'races: a refresh beside a logout: afterwards nothing of the session works',
      'races: a refresh beside a logout everywhere: afterwards nothing works but what is spared',
      'races: eight logouts: one of them was it',
      'races: a logout beside a theft: the session ends once',
    ]);
  });

  const mutants = Object.entries(storeMutants);
  const entries = mutants.filter((_, index) => isFull || index % 8 === 0);
  let verdicts: Map<string, Verdicts>;
  before(async () => {
    const onMutants = Promise.all(
      entries.map(
        async ([name, mutant]) => [name, await verdictsOn(mutant(new MemoryTokenStore()))] as const,
      ),
    );
    // All wait for the same second; in the long form, too many would be late.
    if (isFull) await onMutants;
    onAtomic = verdictsOn(new MemoryTokenStore());
    onRacy = verdictsOn(racyStore());
    verdicts = new Map(await onMutants);
  });
  for (const [name] of entries) {
    it(`fails a store that ${name}`, () => {
      expect(verdicts.get(name)?.failed).not.to.have.length(0);
      expect(verdicts.get(name)?.passed, 'it is right otherwise').not.to.have.length(0);
    });
  }
});
