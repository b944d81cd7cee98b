import { expect } from 'chai';
import type { TokenPair } from '../../src';
import { forge, partsOf } from '../support/forge';
import { laterStore } from '../support/later-store';
import { secret, testManager } from '../support/manager';
import {
  claimsOf,
  expectDead,
  outcomeOf,
  rowOf,
  sessionIdOf,
  sessionWorld,
  type SessionWorld,
} from '../support/session-world';
import { keysFor } from '../support/target';

const reused = 'ERR_JWT_REFRESH_REUSED';
const revoked = 'ERR_JWT_REVOKED';

const kinds = {
  'HS256, a store that answers at once': () => sessionWorld(),
  'HS256, a store that answers later': () => sessionWorld({}, laterStore),
  'ES256, a store that answers at once': () => sessionWorld({ keys: keysFor('ES256') }),
} satisfies Record<string, () => SessionWorld>;

for (const [kind, build] of Object.entries(kinds)) {
  describe(`F2, F3, F4: a refresh token, ${kind}`, () => {
    let world: SessionWorld;
    let first: TokenPair;

    beforeEach(async () => {
      world = build();
      first = await world.manager.createTokenPair('ada', { session: { label: 'laptop' } });
      world.clock.advance(60);
    });

    const refresh = ({ refresh_token: text }: TokenPair) => world.manager.refresh(text);
    const outcome = (pair: TokenPair) => outcomeOf(refresh(pair));

    it('of the current generation gets the next one, and the row moves on', async () => {
      const second = await refresh(first);
      const { access, refresh: claims } = claimsOf(second);
      const now = world.now();
      const sid = sessionIdOf(first);
      expect(second).to.include({ token_type: 'Bearer', expires_in: 900 });
      expect(access).to.include({ sub: 'ada', sid, iat: now, nbf: now, exp: now + 900 });
      expect(access).not.to.have.property('gen');
      expect(claims).to.include({ sub: 'ada', sid, gen: 1, iat: now, nbf: now, exp: now + 30 * 86_400 });
      expect(claims['jti']).not.to.equal(claimsOf(first).refresh['jti']);
      expect(await rowOf(world, first)).to.deep.include({
        id: sid,
        subject: 'ada',
        generation: 1,
        rotatedAt: now,
        createdAt: now - 60,
        lastUsedAt: now,
        expiresAt: now + 30 * 86_400,
        label: 'laptop',
      });
      await world.manager.verify(second.access_token);
      await world.manager.verify(first.access_token);
    });

    it('shown again within the window gets the same successor, with an access token of its own', async () => {
      const second = await refresh(first);
      const row = await rowOf(world, first);
      world.clock.advance(3);
      const again = await refresh(first);
      expect(claimsOf(again).refresh).to.deep.equal(claimsOf(second).refresh);
      if (partsOf(first.refresh_token).header['alg'] === 'HS256')
        expect(again.refresh_token).to.equal(second.refresh_token);
      expect(claimsOf(again).access['jti']).not.to.equal(claimsOf(second).access['jti']);
      expect(claimsOf(again).access).to.include({ iat: world.now(), exp: world.now() + 900 });
      expect(await rowOf(world, first), 'the row moved').to.deep.equal(row);
      for (const pair of [second, again]) await world.manager.verify(pair.access_token);
      expect(claimsOf(await refresh(again)).refresh).to.include({ gen: 2 });
    });

    for (const [seconds, expected] of [
      [0, 'ok'],
      [9, 'ok'],
      [10, 'ok'],
      [10.001, reused],
      [11, reused],
      [600, reused],
    ] as const) {
      it(`shown again after ${String(seconds)} s of a window of 10 s: ${expected}`, async () => {
        const second = await refresh(first);
        world.clock.advance(seconds);
        expect(await outcome(first)).to.equal(expected);
        if (expected === reused) await expectDead(world, first, second);
        else expect(await outcome(second)).to.equal('ok');
      });
    }

    it('does not renew the window by being shown again', async () => {
      await refresh(first);
      for (const seconds of [5, 5]) {
        world.clock.advance(seconds);
        await refresh(first);
      }
      world.clock.advance(1);
      expect(await outcome(first)).to.equal(reused);
    });

    it('shown again after its successor was used is a theft, within the window too', async () => {
      const second = await refresh(first);
      const third = await refresh(second);
      expect(await outcome(first)).to.equal(reused);
      await expectDead(world, first, second, third);
    });

    it('shown again by a thief first and by the victim then, or the other way round: both are out', async () => {
      const stolen = await refresh(first);
      const victims = await refresh(stolen);
      world.clock.advance(300);
      const thiefs = await refresh(victims);
      world.clock.advance(300);
      expect([await outcome(victims), await outcome(thiefs), await outcome(stolen)]).to.deep.equal([
        reused,
        revoked,
        reused,
      ]);
      await expectDead(world, first, stolen, victims, thiefs);
    });

    it('of a revoked session is revoked while it is the current one, and reused when it is older', async () => {
      const second = await refresh(first);
      expect(await world.manager.revokeSession(sessionIdOf(first))).to.equal(true);
      expect([await outcome(second), await outcome(first), await outcome(second)]).to.deep.equal([
        revoked,
        reused,
        revoked,
      ]);
      await expectDead(world, first, second);
    });

    it('leaves the other sessions of the user alone when it is a theft', async () => {
      const other = await world.manager.createTokenPair('ada');
      await refresh(first);
      world.clock.advance(11);
      expect(await outcome(first)).to.equal(reused);
      await world.manager.verify(other.access_token);
      expect(await outcome(other)).to.equal('ok');
    });

    it('works until the moment in which it expires, and never after', async () => {
      world.clock.advance(30 * 86_400 - 60 - 0.001);
      const token = await world.manager.verify(first.refresh_token, { type: 'refresh' });
      world.clock.advance(0.001);
      expect([await outcome(first), await outcomeOf(world.manager.refresh(token))]).to.deep.equal([
        'ERR_JWT_EXPIRED',
        'ERR_JWT_EXPIRED',
      ]);
      expect(await rowOf(world, first)).to.equal(undefined);
    });
  });
}

describe('a refresh token', () => {
  it('of a session that the store does not know is dead: a lost store logs everybody out', async () => {
    const pair = await testManager().createTokenPair('ada');
    const { manager, told } = sessionWorld({ clock: Date.now });
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal(revoked);
    expect(await outcomeOf(manager.verify(pair.access_token))).to.equal(revoked);
    expect(told.map(([name]) => name)).to.deep.equal(['rejected', 'rejected']);
  });

  it('whose generation is ahead of the row is of a row that was lost: dead, and the session lives', async () => {
    const { manager, told } = sessionWorld();
    const pair = await manager.createTokenPair('ada');
    const { header, claims } = partsOf(pair.refresh_token);
    for (const gen of [1, 2, Number.MAX_SAFE_INTEGER]) {
      const ahead = forge(header, { ...claims, gen }, secret);
      expect(await outcomeOf(manager.refresh(ahead))).to.equal(revoked);
      expect(await outcomeOf(manager.verify(ahead, { type: 'refresh' }))).to.equal(revoked);
    }
    expect(told.map(([name]) => name)).not.to.include('sessionReused');
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ok');
  });

  it('without a session is unknown, and is revoked by its id', async () => {
    const claimsFor = () => {
      throw new Error('must not be asked');
    };
    const { manager } = sessionWorld({ claimsFor });
    const { header, claims } = partsOf(await manager.createRefreshToken('ada'));
    const text = forge(header, { ...claims, sid: undefined, gen: undefined, sxp: undefined }, secret);
    expect(await outcomeOf(manager.verify(text, { type: 'refresh' }))).to.equal('ok');
    await manager.revoke(text);
    expect(await outcomeOf(manager.verify(text, { type: 'refresh' }))).to.equal(revoked);
    expect(await outcomeOf(manager.refresh(text))).to.equal(revoked);
  });

  it('that is accepted after the end of its session, for clocks that differ, finds no session', async () => {
    const { manager, clock, now } = sessionWorld({ sessionTtl: 100, clockTolerance: 60 });
    const pair = await manager.createTokenPair('ada');
    expect(claimsOf(pair).refresh).to.include({ exp: now() + 100 });
    clock.advance(100);
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal(revoked);
    clock.advance(60);
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ERR_JWT_EXPIRED');
  });

  it('has no window when it is 0: the second use is a theft, in the same second too', async () => {
    const world = sessionWorld({ rotationGrace: 0 });
    const first = await world.manager.createTokenPair('ada');
    const second = await world.manager.refresh(first.refresh_token);
    expect(await outcomeOf(world.manager.refresh(first.refresh_token))).to.equal(reused);
    await expectDead(world, first, second);
  });

  it('may be given as the verified token of a route, and is verified once more', async () => {
    const { manager, clock } = sessionWorld();
    const { refresh_token: text } = await manager.createTokenPair('ada');
    const token = await manager.verify(text, { type: 'refresh' });
    expect(claimsOf(await manager.refresh(token)).refresh).to.include({ gen: 1 });
    clock.advance(30 * 86_400);
    expect(await outcomeOf(manager.refresh(token))).to.equal('ERR_JWT_EXPIRED');
  });

  it('is not an access token, and an access token is none', async () => {
    const { manager } = sessionWorld();
    const { access_token: access } = await manager.createTokenPair('ada');
    expect(await outcomeOf(manager.refresh(access))).to.equal('ERR_JWT_TYPE');
    expect(await outcomeOf(manager.refresh(await manager.verify(access)))).to.equal('ERR_JWT_TYPE');
  });
});
