import { expect } from 'chai';
import type { TokenPair, TokenStore } from '../../src';
import { isFull } from '../support/full';
import { laterStore } from '../support/later-store';
import {
  claimsOf,
  expectDead,
  outcomeOf,
  rowOf,
  sessionIdOf,
  sessionWorld,
  tallyOf,
  type SessionWorld,
} from '../support/session-world';

const reused = 'ERR_JWT_REFRESH_REUSED';

const stores: Record<string, (store: TokenStore) => TokenStore> = {
  'at once': (store) => store,
  later: laterStore,
};

function refreshes({ manager }: SessionWorld, pair: TokenPair, count: number): Promise<TokenPair>[] {
  return Array.from({ length: count }, () => manager.refresh(pair.refresh_token));
}

function namesIn({ told }: SessionWorld): Record<string, number> {
  const names: Record<string, number> = {};
  for (const [name] of told) names[name] = (names[name] ?? 0) + 1;
  return names;
}

for (const [when, around] of Object.entries(stores)) {
  describe(`with a store that answers ${when}`, () => {
    for (const count of [2, 10, 50]) {
      it(`F1: of ${String(count)} refreshes at once without a window one goes through, and the session is dead`, async () => {
        const world = sessionWorld({ rotationGrace: 0 }, around);
        const first = await world.manager.createTokenPair('ada');
        const { pairs, refusals } = await tallyOf(refreshes(world, first, count));
        expect(pairs).to.have.length(1);
        expect(refusals).to.deep.equal({ [reused]: count - 1 });
        expect(namesIn(world)).to.deep.equal({
          sessionCreated: 1,
          sessionRotated: 1,
          sessionReused: 1,
          rejected: count - 1,
        });
        expect(await rowOf(world, first)).to.include({ generation: 1, revokedAt: world.now() });
        await expectDead(world, first, ...pairs);
      });

      it(`F1: ${String(count)} refreshes at once within the window get the same successor`, async () => {
        const world = sessionWorld({}, around);
        const first = await world.manager.createTokenPair('ada');
        const { pairs, refusals } = await tallyOf(refreshes(world, first, count));
        expect(refusals).to.deep.equal({});
        expect(new Set(pairs.map((pair) => pair.refresh_token))).to.have.property('size', 1);
        expect(new Set(pairs.map((pair) => claimsOf(pair).access['jti']))).to.have.property('size', count);
        expect(namesIn(world)).to.deep.equal({
          sessionCreated: 1,
          sessionRotated: 1,
          sessionReplayed: count - 1,
        });
        expect(await rowOf(world, first)).to.include({ generation: 1 });
        for (const pair of pairs) await world.manager.verify(pair.access_token);
      });
    }

    it('F7: refreshes of different sessions at once do not touch each other', async () => {
      const world = sessionWorld({ rotationGrace: 0 }, around);
      const logins = await Promise.all(
        Array.from({ length: 20 }, (_, index) => world.manager.createTokenPair(`user-${String(index % 4)}`)),
      );
      const { pairs, refusals } = await tallyOf(logins.flatMap((login) => refreshes(world, login, 1)));
      expect(refusals).to.deep.equal({});
      expect(pairs.map(sessionIdOf)).to.deep.equal(logins.map(sessionIdOf));
      for (const [index, pair] of pairs.entries()) {
        const { sub, jti } = claimsOf(pair).refresh;
        expect(sub).to.equal(`user-${String(index % 4)}`);
        expect(jti).not.to.equal(claimsOf(logins[index] ?? pair).refresh['jti']);
        expect(await rowOf(world, pair)).to.include({ generation: 1, subject: sub });
      }
    });

    const endings: [string, (world: SessionWorld, login: TokenPair) => Promise<unknown>][] = [
      ['a logout', ({ manager }, login) => manager.revokeSession(sessionIdOf(login))],
      ['a logout everywhere', ({ manager }) => manager.revokeAll('ada')],
      ['a theft', ({ manager }, login) => outcomeOf(manager.refresh(login.refresh_token))],
    ];
    for (const [name, end] of endings) {
      it(`F6: a refresh beside ${name}: whoever is first, nothing of the session works afterwards`, async () => {
        for (let round = 0; round < (isFull ? 50 : 10); round++) {
          const world = sessionWorld({ rotationGrace: 0 }, around);
          const bystander = await world.manager.createTokenPair('bob');
          const login = await world.manager.createTokenPair('ada');
          const current = await world.manager.refresh(login.refresh_token);
          const runs = [
            () => tallyOf(refreshes(world, current, 1)),
            async () => {
              await end(world, login);
              return undefined;
            },
            () => tallyOf(refreshes(world, current, 1)),
          ];
          const started = round % 2 === 0 ? runs : runs.reverse();
          const results = await Promise.all(started.map((run) => run()));
          await expectDead(world, login, current, ...results.flatMap((result) => result?.pairs ?? []));
          await world.manager.verify(bystander.access_token);
          expect(await outcomeOf(world.manager.refresh(bystander.refresh_token))).to.equal('ok');
        }
      });
    }
  });
}
