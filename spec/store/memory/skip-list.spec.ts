import { expect } from 'chai';
import fc from 'fast-check';
import { SkipList } from '../../../src/store/memory/skip-list';

const ascending = (one: number, other: number) => one - other;

describe('a SkipList', () => {
  it('has the same values in the same order as a sorted array', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('toggle', 'toggle', 'after'), fc.nat(60)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const list = new SkipList(Number, ascending);
        const values = new Set<number>();
        for (const [step, value] of all) {
          const sorted = [...values].sort(ascending);
          if (step === 'after')
            expect([...list.after(value)]).to.deep.equal(sorted.filter((other) => other > value));
          else if (values.delete(value)) list.remove(value);
          else list.add([...values.add(value)].pop() ?? 0);
        }
        expect([...list.after()]).to.deep.equal([...values].sort(ascending));
      }),
    );
  });

  it('needs few comparisons for each step, in whatever order values come', () => {
    let comparisons = 0;
    const list = new SkipList(Number, (one, other) => {
      comparisons++;
      return one - other;
    });
    const count = 20_000;
    const shuffled = Array.from({ length: count }, (_, index) => (index * 7919) % count);
    const average = (step: (value: number) => unknown) => {
      comparisons = 0;
      for (const value of shuffled) step(value);
      return comparisons / count;
    };
    expect(
      average((value) => {
        list.add(value);
      }),
    ).to.be.below(60);
    expect(average((value) => list.after(value).next())).to.be.below(60);
    expect(
      average((value) => {
        list.remove(value);
      }),
    ).to.be.below(60);
    expect([...list.after()]).to.deep.equal([]);
  });
});
