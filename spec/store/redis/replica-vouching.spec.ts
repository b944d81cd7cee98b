import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { RevocationQuery, Session } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { shardOf } from '../../../src/store/shard';
import { isFull } from '../../support/full';
import { nodeRedis, ownPrefix, type Connected } from '../../support/redis-clients';
import { ageFeeds } from '../../support/redis-feed';
import { newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { useRedis } from '../../support/use-redis';
import { VouchedFor } from '../../support/vouched-for';

const seed = Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31));
const steps = Number(process.env['MODEL_STEPS'] ?? (isFull ? 3000 : 60));

/** Milliseconds after which another process knows of everything, and what the feed takes. */
const bound = 2100;

/** Some share a shard, and others do not. */
const subjects = ['ada', 'bob', ...inShardOf('ada', 2)];

function inShardOf(subject: string, count: number): string[] {
  const names: string[] = [];
  for (let number = 0; names.length < count; number++)
    if (shardOf(String(number)) === shardOf(subject)) names.push(String(number));
  return names;
}

const step = fc.record({
  process: fc.nat(1),
  kind: fc.oneof(
    { arbitrary: fc.constant('login' as const), weight: 6 },
    {
      arbitrary: fc.constantFrom(
        ...(['login alone', 'rotation', 'theft', 'logout', 'token', 'token alone'] as const),
        ...(['everywhere', 'everywhere else', 'erasure', 'lost feed'] as const),
      ),
      weight: 10,
    },
  ),
  subject: fc.constantFrom(...subjects),
  session: fc.nat(100),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A process: its store, and what that vouches for. */
interface Process {
  readonly store: RedisTokenStore;
  readonly vouchedFor: VouchedFor;
}

for (const [kind, isAged] of Object.entries({
  'that has followed its feed for long': true,
  'that is new': false,
}))
  describe(`A replica ${kind}`, () => {
    const prefix = ownPrefix();
    const url = useRedis(prefix);
    const connected: Connected[] = [];
    const stores: RedisTokenStore[] = [];
    let admin: Awaited<ReturnType<typeof nodeRedis>>;
    const sessions: Session[] = [];

    before(async () => {
      if (isAged) await ageFeeds(url(), prefix);
      admin = await nodeRedis(url());
      for (const consistency of ['replica', 'replica', 'strong'] as const) {
        const one = await nodeRedis(url());
        connected.push(one);
        stores.push(new RedisTokenStore(one.client, { prefix, consistency }));
      }
    });
    after(() => {
      for (const store of stores) store.close();
      for (const { close } of [...connected, admin]) close();
    });

    const run: Record<Step['kind'], (store: RedisTokenStore, step: Step) => Promise<unknown>> = {
      login: (store, given) => login(store, given),
      'login alone': (store, given) => login(store, given, 1),
      rotation: async (store, given) => {
        const { generation, ...session } = sessionIn(given);
        const { session: row } = await store.rotateSession(
          rotationOf({ ...session, generation }, { generation }),
        );
        if (row)
          sessions.splice(
            sessions.findIndex(({ id }) => id === row.id),
            1,
            row,
          );
      },
      theft: (store, given) =>
        store.rotateSession(rotationOf(sessionIn(given), { generation: -1, graceSeconds: 0 })),
      logout: (store, given) => store.revokeSession(sessionIn(given).id, now),
      token: (store, given) => {
        const { jti, subject } = accessOf(sessionIn(given));
        return store.revokeToken({ jti, subject, now, expiresAt: now + 900 });
      },
      'token alone': (store, { subject }) =>
        store.revokeToken({ jti: aloneOf(subject).jti, subject, now, expiresAt: now + 900 }),
      everywhere: (store, { subject }) => store.revokeSubject(subject, now),
      'everywhere else': (store, given) =>
        store.revokeSubject(given.subject, now, { exceptSessionId: sessionIn(given).id }),
      erasure: (store, { subject }) => store.forgetSubject(subject, now),
      'lost feed': (_, { subject }) => admin.client.del(`{${prefix}:${shardOf(subject)}}:x`),
    };

    async function login(store: RedisTokenStore, { subject }: Step, maxSessions?: number): Promise<void> {
      const session = newSession(String(sessions.length), subject);
      await store.createSession(session, { maxSessions });
      sessions.push(session);
    }

    /** The latest ones more often: they are alive. */
    const sessionIn = ({ session: at, subject }: Step): Session =>
      sessions.at(-1 - Math.floor((at * at * sessions.length) / 10_201)) ?? newSession('none', subject);
    const accessOf = (session: Session) => queryOf(session, { jti: `${session.id} access` });
    const aloneOf = (subject: string): RevocationQuery => ({
      ...queryOf(newSession('', subject), { jti: `${subject} alone` }),
      sessionId: undefined,
    });

    /** Answers each question, so that whatever is alive can be vouched for. */
    async function use({ store, vouchedFor }: Process): Promise<void> {
      const queries = [...sessions.slice(-20).map(accessOf), ...subjects.map(aloneOf)];
      await Promise.all(queries.map(async (query) => store.isRevoked(query)));
      for (const query of queries) vouchedFor.ask(query);
    }

    /** What is vouched for although Redis says that it has ended. */
    async function mistakesOf({ vouchedFor }: Process): Promise<RevocationQuery[]> {
      const claimed = vouchedFor.claimedAt(now);
      const truth = await Promise.all(claimed.map(async (query) => stores[2]?.isRevoked(query)));
      return claimed.filter((_, at) => truth[at]);
    }

    it(`vouches for nothing that this process has ended, and after two seconds for nothing that has ended: ${String(steps)} steps (MODEL_SEED=${String(seed)})`, async () => {
      const processes = stores.slice(0, 2).map((store) => ({ store, vouchedFor: new VouchedFor(store) }));
      let claims = 0;
      for (const given of fc.sample(step, { seed, numRuns: steps })) {
        const own = processes[given.process] as Process;
        await run[given.kind](own.store, given);
        expect(await mistakesOf(own), JSON.stringify(given)).to.deep.equal([]);
        const endedAt = performance.now();
        for (const each of processes) {
          let askedAt = performance.now();
          while ((await mistakesOf(each)).length > 0) {
            expect(askedAt, JSON.stringify(given)).to.be.below(endedAt + bound);
            await setTimeout(1);
            askedAt = performance.now();
          }
          claims += each.vouchedFor.claimedAt(now).length;
          await use(each);
        }
      }
      expect(claims).to.be.above(steps / 10);
    }).timeout(20_000 + steps * 200);
  });
