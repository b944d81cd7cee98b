import { expect } from 'chai';
import { MemoryTokenStore, type TokenStore } from '../../src';
import { tokenStoreSuite } from '../../src/testing';
import { ReadThenWriteStore } from '../support/read-then-write-store';

interface Verdicts {
  readonly passed: string[];
  readonly failed: string[];
}

/** Runs the suite outside of mocha. */
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
  tokenStoreSuite(runner, () => store, { rounds: 2 });
  const verdicts: Verdicts = { passed: [], failed: [] };
  for (const [title, run] of specs) {
    const isGood = await run().then(
      () => true,
      () => false,
    );
    verdicts[isGood ? 'passed' : 'failed'].push(title);
  }
  return verdicts;
}

describe('tokenStoreSuite', () => {
  it('passes a store that is atomic', async () => {
    const { passed, failed } = await verdictsOn(new MemoryTokenStore());
    expect(failed).to.deep.equal([]);
    expect(passed).to.have.length.above(60);
  });

  it('fails a store that reads and then writes, by its races and by nothing else', async () => {
    const { passed, failed } = await verdictsOn(new ReadThenWriteStore());
    expect(passed).to.have.length.above(50);
    for (const title of failed) expect(title).to.match(/^races: /);
    expect(failed).to.include.members([
      'races: 2 refreshes without a window: one rotates, and the session is dead',
      'races: 50 refreshes within the window: one rotates, the others get the same row',
      'races: a refresh beside a logout: afterwards nothing of the session works',
      'races: a refresh beside a logout everywhere: afterwards nothing works but what is spared',
      'races: eight logouts: one of them was it',
      'races: a logout beside a theft: the session ends once',
    ]);
  });

  /** One mistake each, in a store that is right otherwise. */
  const mistakes: [string, Partial<TokenStore>, RegExp][] = [
    ['forgets revoked tokens', { revokeToken: async () => {} }, /^revocation of a token: kills it alone/],
    [
      'lets every token live',
      { isRevoked: () => false },
      /^a token: of a session that the store does not know/,
    ],
    ['shows no row', { rotateSession: async () => ({ outcome: 'rotated' }) }, /^rotation: moves the current/],
    ['lists nothing', { listSessions: async () => [] }, /^sessions: are listed as they were created/],
    [
      'never rotates',
      { rotateSession: async () => ({ outcome: 'unknown' }) },
      /^rotation: moves the current/,
    ],
    [
      'never revokes a session',
      { revokeSession: async () => true },
      /^revocation of a session: kills it once/,
    ],
    ['never revokes a subject', { revokeSubject: async () => {} }, /^revocation of a subject: kills every/],
  ];
  for (const [name, verbs, title] of mistakes) {
    it(`fails a store that ${name}`, async () => {
      const { failed } = await verdictsOn(Object.assign(new MemoryTokenStore(), verbs));
      expect(failed.some((spec) => title.test(spec))).to.equal(true);
    });
  }
});
