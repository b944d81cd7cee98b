import { expect } from 'chai';
import { JwtError, type JwtManager, type TokenPair } from '../../src';
import { describeOnEachStore } from '../support/each-store';
import { isFull } from '../support/full';
import { testClock, testManager, type TestClock } from '../support/manager';

const rounds = isFull ? 50 : 2;
const dead = ['ERR_JWT_REVOKED', 'ERR_JWT_REFRESH_REUSED'];

type Work = () => Promise<unknown>;

describeOnEachStore('A refresh and a logout that meet', (use) => {
  let clock: TestClock;
  let round = 0;

  /** The one that the session is with; each round has names of its own. */
  function newRound(): { manager: JwtManager; ada: string; bob: string } {
    clock = testClock(Date.now());
    const name = `${String(process.pid)}-${String(round++)}-${String(Math.random())}`;
    const rotationGrace = round % 2 === 0 ? 0 : 10;
    const manager = testManager({ store: use().store, clock, rotationGrace, storeTimeout: 30 });
    return { manager, ada: `ada-${name}`, bob: `bob-${name}` };
  }

  async function sessionIdOf(manager: JwtManager, { access_token }: TokenPair): Promise<string> {
    return (await manager.verify(access_token)).sessionId ?? '';
  }

  /** Past the store, where there is a way past it. */
  async function expectRevokedRow(sessionId: string): Promise<void> {
    const { revokedAtOf } = use();
    if (revokedAtOf) expect(await revokedAtOf(sessionId)).to.equal(Math.floor(clock() / 1000));
  }

  it(`leave nothing of the session that works, and others untouched, in ${String(rounds)} rounds`, async () => {
    for (let count = 0; count < rounds; count++) {
      const { manager, ada, bob } = newRound();
      const [mine, other, theirs] = await logins(manager, [ada, ada, bob]);
      const sessionId = await sessionIdOf(manager, mine);
      const minted = await race(manager, mine, count, () => manager.revokeSession(sessionId));
      await expectDead(manager, [mine, ...minted]);
      await expectRevokedRow(sessionId);
      await expectAlive(manager, [other, theirs]);
    }
  }).timeout(rounds * 20_000);

  it(`leave nothing that works but what is spared, everywhere, in ${String(rounds)} rounds`, async () => {
    for (let count = 0; count < rounds; count++) {
      const { manager, ada, bob } = newRound();
      const [mine, spared, theirs] = await logins(manager, [ada, ada, bob]);
      const except = await sessionIdOf(manager, spared);
      const isSparing = count % 3 !== 0;
      const revokeAll = () => manager.revokeAll(ada, isSparing ? { except } : {});
      const minted = await race(manager, mine, count, revokeAll);
      await expectDead(manager, [mine, ...minted, ...(isSparing ? [] : [spared])]);
      expect((await manager.listSessions(ada)).map(({ id }) => id)).to.deep.equal(isSparing ? [except] : []);
      await expectAlive(manager, [...(isSparing ? [spared] : []), theirs, ...(await logins(manager, [ada]))]);
    }
  }).timeout(rounds * 20_000);
});

async function logins<const Names extends readonly string[]>(
  manager: JwtManager,
  names: Names,
): Promise<{ [K in keyof Names]: TokenPair }> {
  const pairs = await Promise.all(names.map((name) => manager.createTokenPair(name)));
  return pairs as { [K in keyof Names]: TokenPair };
}

/** Refreshes before, beside and behind a logout; what they have got is worth nothing. */
async function race(
  manager: JwtManager,
  { refresh_token }: TokenPair,
  place: number,
  logout: Work,
): Promise<TokenPair[]> {
  const refresh = () => manager.refresh(refresh_token).catch(codeOf);
  const works: Work[] = [refresh, refresh, refresh];
  works.splice(place % 4, 0, logout);
  const results = await Promise.all(works.map((work) => work()));
  const refused = results.filter((result) => typeof result === 'string');
  expect(dead).to.include.members(refused);
  return results.filter((result) => typeof result === 'object' && result !== null) as TokenPair[];
}

async function expectDead(manager: JwtManager, pairs: readonly TokenPair[]): Promise<void> {
  for (const { access_token, refresh_token } of pairs) {
    expect(await manager.verify(access_token).catch(codeOf)).to.equal('ERR_JWT_REVOKED');
    expect(await manager.verify(refresh_token, { type: 'refresh' }).catch(codeOf)).to.be.oneOf(dead);
    expect(await manager.refresh(refresh_token).catch(codeOf)).to.be.oneOf(dead);
  }
}

async function expectAlive(manager: JwtManager, pairs: readonly TokenPair[]): Promise<void> {
  for (const { access_token, refresh_token } of pairs) {
    await manager.verify(access_token);
    await manager.refresh(refresh_token);
  }
}

function codeOf(error: unknown): string {
  return error instanceof JwtError ? error.code : String(error);
}
