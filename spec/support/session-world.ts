import { expect } from 'chai';
import {
  JwtError,
  MemoryTokenStore,
  type JwtManager,
  type JwtManagerOptions,
  type ManagerEvents,
  type RevocationQuery,
  type Session,
  type TokenPair,
  type TokenStore,
} from '../../src';
import { partsOf } from './forge';
import { testClock, testManager, type TestClock } from './manager';

/** An event of a manager, by its name. */
export type Told = { [Name in keyof ManagerEvents]: [Name, ManagerEvents[Name]] }[keyof ManagerEvents];

/** A manager whose clock stands still until it is moved, with what it remembers and what it tells. */
export interface SessionWorld {
  readonly manager: JwtManager;
  readonly store: TokenStore;
  readonly clock: TestClock;
  /** All but `issued`, in order. */
  readonly told: Told[];
  /** Unix seconds. */
  readonly now: () => number;
}

const eventNames = [
  'rejected',
  'sessionCreated',
  'sessionRotated',
  'sessionReplayed',
  'sessionReused',
  'sessionRevoked',
] as const satisfies (keyof ManagerEvents)[];

/** @param around puts something between the manager and its store in memory */
export function sessionWorld(
  options: Partial<JwtManagerOptions> = {},
  around: (store: TokenStore) => TokenStore = (store) => store,
): SessionWorld {
  const clock = testClock();
  const store = around(new MemoryTokenStore({ clock }));
  const manager = testManager({ clock, store, ...options });
  const told: Told[] = [];
  for (const name of eventNames) manager.on(name, (event) => told.push([name, event] as Told));
  return { manager, store, clock, told, now: () => Math.floor(clock() / 1000) };
}

/** `'ok'`, or the code of the refusal. */
export async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    if (error instanceof JwtError) return error.code;
    throw error;
  }
}

/** What became of several refreshes: pairs, and codes of refusals with how often they came. */
export async function tallyOf(
  attempts: readonly Promise<TokenPair>[],
): Promise<{ pairs: TokenPair[]; refusals: Record<string, number> }> {
  const refusals: Record<string, number> = {};
  const pairs: TokenPair[] = [];
  for (const result of await Promise.allSettled(attempts)) {
    if (result.status === 'fulfilled') pairs.push(result.value);
    else {
      const { code } = result.reason as JwtError;
      refusals[code] = (refusals[code] ?? 0) + 1;
    }
  }
  return { pairs, refusals };
}

/** The claims of a pair's tokens. */
export function claimsOf(pair: TokenPair): Record<'access' | 'refresh', Record<string, unknown>> {
  return { access: partsOf(pair.access_token).claims, refresh: partsOf(pair.refresh_token).claims };
}

/** Some members left out. */
export function without<T extends object>(members: T, ...names: string[]): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name))) as Partial<T>;
}

/** The `sid` of a pair. */
export function sessionIdOf(pair: TokenPair): string {
  return String(claimsOf(pair).access['sid']);
}

/** The row as the store has it, dead or alive; asks in a way that changes nothing. */
export async function rowOf({ store, now }: SessionWorld, pair: TokenPair): Promise<Session | undefined> {
  const { sid, sub } = claimsOf(pair).access;
  const alive = await store.listSessions(String(sub), now());
  const found = alive.find(({ id }) => id === sid);
  if (found) return found;
  // Of a session that is dead already a store shows the row when an older token comes.
  const question = {
    sessionId: String(sid),
    subject: String(sub),
    generation: -1,
    now: now(),
    expiresAt: now() + 900,
    graceSeconds: 0,
  };
  return (await store.rotateSession(question)).session;
}

/** Expects that nothing of the session works any more, and that it is the store that says so. */
export async function expectDead(world: SessionWorld, ...pairs: readonly TokenPair[]): Promise<void> {
  const { manager, store, now } = world;
  for (const pair of pairs) {
    expect(await outcomeOf(manager.verify(pair.access_token))).to.equal('ERR_JWT_REVOKED');
    const refusals = ['ERR_JWT_REVOKED', 'ERR_JWT_REFRESH_REUSED'];
    expect(await outcomeOf(manager.verify(pair.refresh_token, { type: 'refresh' }))).to.be.oneOf(refusals);
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.be.oneOf(refusals);
    const { sub: subject, jti, sid: sessionId, iat } = claimsOf(pair).access as Record<string, string>;
    const times = { issuedAt: Number(iat), now: now(), graceSeconds: 10 };
    const query = { subject, jti, sessionId, ...times } as RevocationQuery;
    expect(await store.isRevoked(query)).to.equal(true);
    const alive = await store.listSessions(String(subject), now());
    expect(alive.map(({ id }) => id)).not.to.include(sessionId);
    expect(await rowOf(world, pair))
      .to.have.property('revokedAt')
      .that.is.a('number');
  }
}
