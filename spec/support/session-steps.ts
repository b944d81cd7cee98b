import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { RotationResult, Session } from '../../src';
import { refusalOf } from './rejected';
import { shardOf } from '../../src/store/shard';
import { systemClock, unixSeconds } from '../../src/util/clock';
import { SessionModel } from './session-model';
import type { StoreAtWork } from './each-store';
import { VouchedFor } from './vouched-for';

/** A store beside the model of it, with names that nobody else uses. */
class World {
  readonly model: SessionModel;
  readonly ids: string[] = [];
  readonly atWork: StoreAtWork;
  readonly vouchedFor: VouchedFor;
  /** All that share the store: what is over in one of them may have to come in another. */
  readonly #all: readonly World[];
  readonly #prefix = randomUUID();

  constructor(atWork: StoreAtWork, all: readonly World[]) {
    this.atWork = atWork;
    // Stores drop what is over by their own clock, which earlier worlds may have moved.
    this.model = new SessionModel(Math.max(unixSeconds(systemClock), atWork.now?.() ?? 0));
    this.vouchedFor = new VouchedFor(atWork.store);
    this.#all = all;
  }

  /** The time of the world in which it is earliest. */
  readonly earliest = (): number => Math.min(...this.#all.map(({ model }) => model.now));

  /** Makes a name of an index. */
  readonly named = (kind: string, at: number): string => `${kind} o'hara "${String(at)}" ${this.#prefix}`;

  /** Makes the id of a session of a subject. */
  readonly idOf = (subject: string): string => shardOf(subject) + this.named('sid', this.ids.length);

  /** One of the sessions that were created; before the first there is one that nobody knows. */
  readonly sessionAt = (at: number): string =>
    this.ids[at % Math.max(1, this.ids.length)] ?? this.named('sid', -1);
}

/** Something that happens to a store and its model, and has to end in the same way. */
export interface Step {
  readonly run: (world: World) => Promise<void>;
  toString(): string;
}

const index = fc.nat(30);
const subject = fc.nat(2);
const seconds = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 15 }), weight: 6 },
  { arbitrary: fc.integer({ min: -5, max: 0 }), weight: 1 },
  { arbitrary: fc.integer({ min: 16, max: 2000 }), weight: 1 },
);
const lifetime = fc.constantFrom(1, 30, 600, 5000, 86_400);
/** Nothing, or more than any run takes. */
const grace = fc.constantFrom(0, 1_000_000, 1_000_000);
const most = fc.constantFrom(undefined, undefined, 1, 2, 3, 20);
const text = fc.option(
  fc.constantFrom('Firefox', "Robert'); DROP TABLE jwt_session;--", '{"json":1}', 'ü ☃'),
  {
    nil: undefined,
  },
);

const create = step(
  'create',
  {
    subject,
    lifetime,
    maxSessions: most,
    since: fc.constantFrom(undefined, undefined, 0, 30),
    userAgent: text,
    ip: text,
    label: text,
  },
  async (
    { atWork: { store }, model, ids, named, idOf },
    { subject: owner, lifetime: length, maxSessions, since, ...texts },
  ) => {
    const { now } = model;
    const isTold = since !== undefined && !model.mayForget(named('sub', owner));
    const limits = { maxSessions, authenticatedAt: isTold ? now - since : undefined };
    const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + length };
    const id = idOf(named('sub', owner));
    const session = { id, subject: named('sub', owner), generation: 0, ...times, ...texts };
    const expected = model.create(session, limits);
    if (expected.created) ids.push(id);
    const { created, ended } = await store.createSession(session, limits);
    expect(created).to.equal(expected.created);
    // Of those that were last used in the same second, any may end.
    expect(ended).to.have.length(expected.ended.length);
    model.settle(expected.ended, ended);
  },
);

const createAgain = step(
  'create again',
  { index },
  async ({ atWork: { store }, model, sessionAt }, given) => {
    const row = model.sessions.get(sessionAt(given.index));
    if (!row || model.now >= row.expiresAt) return;
    await refusalOf(store.createSession({ ...row, generation: 7, revokedAt: undefined }), Error);
  },
);

const rotate = step(
  'rotate',
  {
    index,
    behind: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, -1),
    grace,
    lifetime,
    stranger: fc.constantFrom(false, false, false, false, true),
    seen: fc.option(fc.record({ userAgent: text, ip: text }), { nil: undefined }),
  },
  async ({ atWork: { store }, model, named, sessionAt }, given) => {
    const { index: at, behind, grace: graceSeconds, lifetime: length, stranger, seen } = given;
    const sessionId = sessionAt(at);
    const row = model.sessions.get(sessionId);
    const generation = Math.max(0, (row?.generation ?? 0) - behind);
    const subject = row && !stranger ? row.subject : named('sub', 9);
    const { now } = model;
    const rotation = { sessionId, subject, generation, now, expiresAt: now + length, graceSeconds, seen };
    expectSameResult(await store.rotateSession(rotation), model.rotate(rotation));
  },
);

const revokeSession = step(
  'revoke',
  { index, subject: fc.option(subject, { nil: undefined }) },
  async ({ atWork: { store }, model, named, sessionAt }, { index: at, subject: owner }) => {
    const id = sessionAt(at);
    const limits = owner === undefined ? {} : { subject: named('sub', owner) };
    const answer = await store.revokeSession(id, model.now, limits);
    expect(answer).to.equal(model.revokeSession(id, limits.subject));
  },
);

const find = step('find', { index }, async ({ atWork: { store }, model, sessionAt }, given) => {
  const id = sessionAt(given.index);
  expect(plain(await store.findSession(id, model.now))).to.deep.equal(plain(model.find(id)));
});

const forgetSubject = step(
  'forget',
  { subject },
  async ({ atWork: { store }, model, named }, { subject: owner }) => {
    const keepUntil = model.now + 86_400;
    model.forgetSubject(named('sub', owner), { keepUntil });
    await store.forgetSubject(named('sub', owner), model.now, { keepUntil });
  },
);

const revokeSubject = step(
  'revoke all',
  {
    subject,
    except: fc.option(index, { nil: undefined }),
    keep: fc.option(lifetime, { nil: undefined }),
    ahead: fc.constantFrom(undefined, 0, 5),
  },
  async ({ atWork: { store }, model, named, sessionAt }, { subject: owner, except, keep, ahead }) => {
    const options = {
      ...(except !== undefined && { exceptSessionId: sessionAt(except) }),
      ...(keep !== undefined && { keepUntil: model.now + keep }),
      ...(ahead !== undefined && { notBefore: model.now + ahead }),
    };
    model.revokeSubject(named('sub', owner), options);
    await store.revokeSubject(named('sub', owner), model.now, options);
  },
);

const revokeToken = step(
  'revoke token',
  { jti: subject, lifetime },
  async ({ atWork: { store }, model, named }, { jti, lifetime: length }) => {
    const { now } = model;
    const revocation = { jti: named('jti', jti), subject: named('sub', jti), now, expiresAt: now + length };
    model.revokeToken(revocation.jti, revocation.expiresAt);
    await store.revokeToken(revocation);
  },
);

const isRevoked = step(
  'ask',
  {
    jti: fc.constantFrom(false, false, true),
    session: fc.option(index, { nil: undefined }),
    behind: fc.constantFrom(undefined, 0, 1, 2, -1),
    subject: fc.option(subject, { nil: undefined, freq: 3 }),
    issued: fc.integer({ min: -30, max: 6 }),
    grace,
  },
  async (
    { atWork: { store }, model, named, sessionAt },
    { jti, session, behind, subject: owner, issued, grace: graceSeconds },
  ) => {
    const sessionId = session === undefined ? undefined : sessionAt(session);
    const row = model.sessions.get(sessionId ?? '');
    const asked = owner === undefined && row ? row.subject : named('sub', owner ?? 0);
    const query = {
      // The `jti` of one subject: another subject's cannot have it.
      jti: jti ? asked.replace('sub', 'jti') : named('jti', 9),
      sessionId,
      generation: row && behind !== undefined ? Math.max(0, row.generation - behind) : undefined,
      subject: asked,
      issuedAt: model.now + issued,
      now: model.now,
      graceSeconds,
    };
    const expected = model.isRevoked(query);
    const answer = await store.isRevoked(query);
    if (expected !== undefined) expect(answer).to.equal(expected);
  },
);

const list = step('list', { subject }, (world, given) => expectSameList(world, given.subject));

const page = step(
  'page',
  { subject, limit: fc.integer({ min: 1, max: 4 }), after: fc.option(index, { nil: undefined }) },
  async ({ atWork: { store }, model, named, sessionAt }, { subject: owner, limit, after }) => {
    const row = after === undefined ? undefined : model.sessions.get(sessionAt(after));
    const given = { limit, ...(row && { after: { id: row.id, createdAt: row.createdAt } }) };
    const sessions = await store.listSessions(named('sub', owner), model.now, given);
    expect(sessions.map(plain)).to.deep.equal(model.list(named('sub', owner), given).map(plain));
  },
);

const pass = step('pass', { seconds }, async ({ model }, given) => {
  model.pass(given.seconds);
});

const purge = step('purge', {}, async ({ atWork, earliest }) => {
  await atWork.purge?.(earliest());
});

/** What may happen to a store. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  // A counterexample comes down to this where nothing needs to happen.
  { arbitrary: pass, weight: 6 },
  { arbitrary: create, weight: 4 },
  { arbitrary: createAgain, weight: 1 },
  { arbitrary: rotate, weight: 12 },
  { arbitrary: revokeSession, weight: 2 },
  { arbitrary: revokeSubject, weight: 2 },
  { arbitrary: revokeToken, weight: 1 },
  { arbitrary: isRevoked, weight: 8 },
  { arbitrary: list, weight: 3 },
  { arbitrary: page, weight: 2 },
  { arbitrary: find, weight: 2 },
  { arbitrary: forgetSubject, weight: 1 },
  { arbitrary: purge, weight: 1 },
);

/** Runs steps in worlds that share a store, one after the other in each, and looks at everything at the end. */
export async function runSteps(atWork: StoreAtWork, worlds: readonly (readonly Step[])[]): Promise<void> {
  const all: World[] = [];
  for (let count = 0; count < worlds.length; count++) all.push(new World(atWork, all));
  await Promise.all(all.map((world, at) => runIn(world, worlds[at] ?? [])));
}

async function runIn(world: World, steps: readonly Step[]): Promise<void> {
  for (const one of steps) {
    await one.run(world);
    expectTrueEvidence(world);
  }
  for (const owner of [0, 1, 2]) await expectSameList(world, owner);
  for (const row of world.model.sessions.values()) await expectSameLife(world, row);
}

/** Whatever has happened: as long as there is evidence for an answer, it is what the store would answer. */
function expectTrueEvidence(world: World): void {
  const { vouchedFor, model, atWork, named } = world;
  for (const query of vouchedFor.claimedAt(model.now)) {
    expect(atWork.store.isRevoked(query)).to.equal(false);
    expect(model.isRevoked(query)).not.to.equal(true);
  }
  const { now } = model;
  for (const row of model.sessions.values()) {
    const query = { sessionId: row.id, subject: row.subject, issuedAt: row.rotatedAt, now, graceSeconds: 0 };
    vouchedFor.ask({ ...query, jti: `${row.id} access` });
    vouchedFor.ask({ ...query, jti: row.subject.replace('sub', 'jti') });
    vouchedFor.ask({ ...query, jti: `${row.id} refresh`, generation: row.generation });
  }
  for (const owner of [0, 1, 2]) {
    const query = { subject: named('sub', owner), issuedAt: now + 1, now, graceSeconds: 0 };
    vouchedFor.ask({ ...query, jti: named('alone', owner) });
    vouchedFor.ask({ ...query, jti: named('jti', owner) });
  }
}

/** The store has the same sessions of a subject alive, member for member. */
async function expectSameList({ atWork: { store }, model, named }: World, owner: number): Promise<void> {
  const sessions = await store.listSessions(named('sub', owner), model.now);
  expect(sessions.map(plain)).to.deep.equal(model.list(named('sub', owner)).map(plain));
}

async function expectSameLife(
  { atWork, model }: World,
  { id, subject: owner, ...row }: Session,
): Promise<void> {
  const times = { issuedAt: row.createdAt, now: model.now, graceSeconds: 3600 };
  const query = { jti: `${id} fresh`, sessionId: id, subject: owner, ...times };
  const expected = model.isRevoked(query);
  const answer = await atWork.store.isRevoked(query);
  if (expected !== undefined) expect(answer).to.equal(expected);
}

/** A session that had ended before: a store need not know when that was, and may have forgotten where it was used. */
function expectSameResult(result: RotationResult, expected: RotationResult): void {
  expect(result.outcome).to.equal(expected.outcome);
  if (expected.outcome === 'unknown') return;
  const isNews = expected.flipped === true;
  expect(result.flipped === true).to.equal(isNews);
  const [row, model] = [plain(result.session), plain(expected.session)];
  if (expected.outcome === 'reused' && !isNews) {
    expect(row['revokedAt']).to.be.a('number');
    row['revokedAt'] = model['revokedAt'];
    for (const name of ['userAgent', 'ip', 'label']) if (!(name in row)) Reflect.deleteProperty(model, name);
  }
  expect(row).to.deep.equal(model);
}

function plain(session: Session | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(session ?? {}).filter(([, value]) => value !== undefined));
}

function step<T extends object>(
  name: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  run: (world: World, given: T) => Promise<void>,
): fc.Arbitrary<Step> {
  return fc.record(arbitraries).map((given) => ({
    run: (world: World) => run(world, given),
    toString: () => `${name} ${JSON.stringify(given)}`,
  }));
}
