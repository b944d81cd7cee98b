import { mock } from 'node:test';
import { expect } from 'chai';
import { JwtRefreshRequired, JwtRequired, type StoreLimits, type TokenPair } from '../../src';
import { reasonFor, StoreUnavailableError } from '../../src/errors/errors';
import { bearer, knock, openDoors } from '../support/doors';
import { intervenedStore, type Verb } from '../support/later-store';
import { refusalOf } from '../support/rejected';
import { sessionIdOf, sessionWorld, type SessionWorld } from '../support/session-world';

interface Call {
  readonly verb: Verb;
  /** Milliseconds that the store is told to have. */
  readonly left: number;
}

/** A world that counts what its store is asked. */
function countedWorld(options: object = {}, take: (verb: Verb) => unknown = () => undefined) {
  const calls: Call[] = [];
  const world = sessionWorld(options, (store) =>
    intervenedStore(store, async (verb, ask, args) => {
      const { deadline } = args.at(-1) as StoreLimits;
      calls.push({ verb, left: deadline - performance.now() });
      await take(verb);
      return ask();
    }),
  );
  return { ...world, calls };
}

describe('the store is asked no more than needed', () => {
  const dead = async ({ manager }: SessionWorld, pair: TokenPair) => {
    await manager.revokeSession(sessionIdOf(pair));
  };
  const twoBehind = async ({ manager }: SessionWorld, pair: TokenPair) => {
    await manager.refresh((await manager.refresh(pair.refresh_token)).refresh_token);
  };
  const nothing = async () => {};

  type Act = (world: SessionWorld, pair: TokenPair) => Promise<unknown>;
  const cases: [string, Act, Act, Verb[], object?][] = [
    ['to issue an access token', nothing, ({ manager }) => manager.createAccessToken('ada'), []],
    ['to log in', nothing, ({ manager }) => manager.createTokenPair('ada'), ['createSession']],
    ['to start a session', nothing, ({ manager }) => manager.createRefreshToken('ada'), ['createSession']],
    ['to verify', nothing, ({ manager }, pair) => manager.verify(pair.access_token), ['isRevoked']],
    [
      'to refuse a dead access token',
      dead,
      ({ manager }, pair) => manager.verify(pair.access_token),
      ['isRevoked'],
    ],
    [
      'to refuse a token that is none',
      nothing,
      ({ manager }) => Promise.allSettled([manager.verify('a.b.c'), manager.refresh('a.b.c')]),
      [],
    ],
    ['to refresh', nothing, ({ manager }, pair) => manager.refresh(pair.refresh_token), ['rotateSession']],
    [
      'to refresh with claimsFor',
      nothing,
      ({ manager }, pair) => manager.refresh(pair.refresh_token),
      ['findSession', 'rotateSession'],
      { claimsFor: () => ({}) },
    ],
    [
      'to end a session that claimsFor refuses',
      nothing,
      ({ manager }, pair) => manager.refresh(pair.refresh_token),
      ['findSession', 'revokeSession'],
      { claimsFor: () => null },
    ],
    [
      'to judge a consumed refresh token where it is verified',
      twoBehind,
      ({ manager }, pair) => manager.verify(pair.refresh_token, { type: 'refresh' }),
      ['isRevoked', 'rotateSession'],
    ],
    [
      'to log out',
      nothing,
      ({ manager }, pair) => manager.revokeSession(sessionIdOf(pair), { identity: 'ada' }),
      ['revokeSession'],
    ],
    [
      'to log out a session of anyone',
      nothing,
      ({ manager }, pair) => manager.revokeSession(sessionIdOf(pair)),
      ['findSession', 'revokeSession'],
    ],
    ['to erase', nothing, ({ manager }) => manager.forget('ada'), ['forgetSubject']],
    [
      'to revoke a refresh token',
      nothing,
      ({ manager }, pair) => manager.revoke(pair.refresh_token),
      ['revokeSession'],
    ],
    [
      'to answer a second tab with claimsFor',
      async ({ manager }, pair) => manager.refresh(pair.refresh_token),
      ({ manager }, pair) => manager.refresh(pair.refresh_token),
      ['findSession', 'isRevoked', 'rotateSession'],
      { claimsFor: () => ({}) },
    ],
    ['to log out everywhere', nothing, ({ manager }) => manager.revokeAll('ada'), ['revokeSubject']],
    ['to revoke a token', nothing, ({ manager }, pair) => manager.revoke(pair.access_token), ['revokeToken']],
    ['to list sessions', nothing, ({ manager }) => manager.listSessions('ada'), ['listSessions']],
  ];
  for (const [name, before, act, expected, options] of cases) {
    it(name, async () => {
      const world = countedWorld(options);
      const pair = await world.manager.createTokenPair('ada');
      await before(world, pair);
      world.calls.splice(0);
      await act(world, pair).catch(() => undefined);
      expect(world.calls.map(({ verb }) => verb)).to.deep.equal(expected);
    });
  }

  it('for a route: once where it is protected, never where it does not matter', async () => {
    const { manager, calls } = countedWorld();
    const pair = await manager.createTokenPair('ada');
    for (const [rule, token, expected] of [
      [JwtRequired(), pair.access_token, ['isRevoked']],
      [JwtRefreshRequired(), pair.refresh_token, ['isRevoked']],
      [JwtRequired({ skipRevocationCheck: true }), pair.access_token, []],
      // A request that is rejected anyway costs the store nothing.
      [JwtRequired({ roles: 'admin' }), pair.access_token, []],
      // The application's own code runs for tokens that are alive.
      [JwtRequired({ check: () => false }), pair.access_token, ['isRevoked']],
      [JwtRequired(), pair.refresh_token, []],
    ] as const) {
      const doors = await openDoors(manager, rule);
      calls.splice(0);
      await knock(doors.all[0] as (typeof doors.all)[0], bearer(token));
      await doors.close();
      expect(calls.map(({ verb }) => verb)).to.deep.equal(expected);
    }
  });
});

describe('all calls of one operation share one storeTimeout', function () {
  this.slow(3000);
  let time: number;
  /** Milliseconds that each verb takes. */
  let delays: Partial<Record<Verb, number>>;
  const take = async (verb: Verb) => {
    await Promise.resolve();
    time += delays[verb] ?? 0;
  };

  beforeEach(() => {
    [time, delays] = [performance.now(), {}];
    mock.method(performance, 'now', () => time);
  });
  afterEach(() => {
    mock.restoreAll();
  });

  it('so that three slow answers take no longer than one', async () => {
    const { manager, calls } = countedWorld({ claimsFor: () => ({}) }, async (verb) => {
      await take(verb);
      if (verb === 'rotateSession' && delays[verb] !== undefined) await new Promise(() => undefined);
    });
    const { refresh_token: text } = await manager.createTokenPair('ada');
    await manager.refresh(text);
    delays = { isRevoked: 300, findSession: 300, rotateSession: 900 };
    calls.splice(0);
    const error = await refusalOf(manager.refresh(text), StoreUnavailableError);
    expect(reasonFor(error).reason).to.equal('store.rotateSession failed');
    expect(calls.map(({ verb }) => verb)).to.deep.equal(['findSession', 'isRevoked', 'rotateSession']);
    expect(calls.map(({ left }) => Math.round(left))).to.deep.equal([1000, 700, 400]);
  });

  it('and each operation has its own', async () => {
    const { manager, calls } = countedWorld({}, take);
    delays = { rotateSession: 700 };
    let { refresh_token: text } = await manager.createTokenPair('ada');
    calls.splice(0);
    for (let round = 0; round < 2; round++) ({ refresh_token: text } = await manager.refresh(text));
    expect(calls.map(({ left }) => Math.round(left))).to.deep.equal([1000, 1000]);
  });

  it('in which the time of claimsFor does not count', async () => {
    const claimsFor = () => {
      time += 900;
      return {};
    };
    const { manager, calls } = countedWorld({ claimsFor }, take);
    delays = { findSession: 100, rotateSession: 100 };
    const { refresh_token: text } = await manager.createTokenPair('ada');
    calls.splice(0);
    await manager.refresh(text);
    expect(calls.map(({ left }) => Math.round(left))).to.deep.equal([1000, 900]);
  });

  it('which is used up, too, when a store blocks the process and answers in the end', async () => {
    const { manager, calls, store } = countedWorld({ claimsFor: () => ({}) });
    const { refresh_token: text } = await manager.createTokenPair('ada');
    const findSession = store.findSession.bind(store);
    store.findSession = async (id, now, limits) => {
      await Promise.resolve();
      time += 1050;
      return findSession(id, now, limits);
    };
    calls.splice(0);
    const error = await refusalOf(manager.refresh(text), StoreUnavailableError);
    expect(reasonFor(error).reason).to.equal('store.rotateSession timeout');
    expect(calls.map(({ verb }) => verb)).to.deep.equal(['findSession']);
    store.findSession = findSession;
    await manager.refresh(text);
  });
});
