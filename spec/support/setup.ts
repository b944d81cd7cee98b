import 'reflect-metadata';
import { getMetadataArgsStorage, type MetadataArgsStorage } from 'routing-controllers';

type Marks = readonly (readonly [entries: unknown[], length: number])[];

let beforeTest: Marks = [];

export const mochaHooks = {
  /** A suite keeps its controllers to itself as well: each look-up of routing-controllers reads all entries that there are. */
  beforeAll(this: Mocha.Context): void {
    const loaded = marksIn(getMetadataArgsStorage());
    for (const suite of this.test?.parent?.suites ?? [])
      suite.afterAll(() => {
        forgetSince(loaded);
      });
  },
  beforeEach: (): void => {
    beforeTest = marksIn(getMetadataArgsStorage());
  },
  /** A test keeps its controllers to itself: many are wrong on purpose, and some specs list all that there are. */
  afterEach: (): void => {
    forgetSince(beforeTest);
  },
};

function marksIn(storage: MetadataArgsStorage): Marks {
  return Object.values(storage)
    .filter((entries) => Array.isArray(entries))
    .map((entries) => [entries, entries.length]);
}

function forgetSince(marks: Marks): void {
  for (const [entries, length] of marks) if (entries.length > length) entries.length = length;
}
