import { expect } from 'chai';
import { JwtRefreshRequired, JwtRequired, type TokenPair } from '../../src';
import {
  bearer,
  expectAdmission,
  expectAnswer,
  expectRefusal,
  knock,
  openDoors,
  refusals,
  type Doors,
} from '../support/doors';
import { claimsOf, expectDead, sessionIdOf, sessionWorld, type SessionWorld } from '../support/session-world';

describe('F2: a consumed refresh token at a route that demands one', () => {
  let world: SessionWorld;
  let doors: Doors;
  let pairs: TokenPair[];

  beforeEach(async () => {
    world = sessionWorld();
    doors = await openDoors(world.manager, JwtRefreshRequired());
    const first = await world.manager.createTokenPair('ada', { session: { ip: '192.0.2.1' } });
    const second = await world.manager.refresh(first.refresh_token);
    pairs = [first, second, await world.manager.refresh(second.refresh_token)];
    world.told.splice(0);
  });

  afterEach(() => doors.close());

  const tokenOf = (index: number) => bearer(pairs[index]?.refresh_token ?? '');

  it('is a theft: the session is revoked, and the answer says so behind every door', async () => {
    await expectRefusal(doors, refusals.reused, tokenOf(0));
    expect(world.told.filter(([name]) => name === 'sessionReused')).to.have.length(1);
    await expectDead(world, ...pairs);
    await expectRefusal(doors, refusals.revoked, tokenOf(2));
  });

  it('is told to operators with where it came from', async () => {
    const [door] = doors.all as [Doors['all'][0]];
    const answer = await knock(door, [...tokenOf(0), `User-Agent: curl ${'x'.repeat(600)}`]);
    expectAnswer(door, refusals.reused, answer);
    const sessionId = sessionIdOf(pairs[0] as TokenPair);
    const { jti: tokenId } = claimsOf(pairs[0] as TokenPair).refresh;
    expect(world.told.map(([name]) => name)).to.deep.equal(['sessionReused', 'rejected']);
    const [[, theft], [, rejection]] = world.told as unknown as [[string, object], [string, object]];
    const from = { ip: '127.0.0.1', userAgent: `curl ${'x'.repeat(507)}` };
    expect(theft).to.include({ identity: 'ada', sessionId, generation: 0, ...from });
    expect(rejection).to.include({
      code: 'ERR_JWT_REFRESH_REUSED',
      reason: 'reused',
      identity: 'ada',
      tokenId,
      sessionId,
      method: 'GET',
      path: '/json/door',
      ip: '127.0.0.1',
    });
  });

  it('and the one before the current one opens it within the window: it may be a second tab', async () => {
    await expectAdmission(doors, tokenOf(1));
    await expectAdmission(doors, tokenOf(2));
    expect(world.told).to.deep.equal([]);
  });

  it('but after the window the one before the current one is a theft, too', async () => {
    world.clock.advance(10.001);
    await expectRefusal(doors, refusals.reused, tokenOf(1));
    expect(world.told.filter(([name]) => name === 'sessionReused')).to.have.length(1);
    await expectDead(world, ...pairs);
  });

  it('opens no route for access tokens, and is no theft there', async () => {
    const others = await openDoors(world.manager, JwtRequired());
    await expectRefusal(others, refusals.onlyAccess, tokenOf(0));
    await others.close();
    expect(world.told.map(([name]) => name)).not.to.include('sessionReused');
    await expectAdmission(doors, tokenOf(2));
  });

  it('is no new theft when it was revoked: its session has ended, and operators heard of that', async () => {
    await world.manager.revoke(pairs[0]?.refresh_token ?? '');
    await expectRefusal(doors, refusals.reused, tokenOf(0));
    await expectRefusal(doors, refusals.revoked, tokenOf(2));
    expect(world.told.map(([name]) => name))
      .to.include('sessionRevoked')
      .and.not.include('sessionReused');
  });
});
