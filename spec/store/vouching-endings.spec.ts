import { randomUUID } from 'node:crypto';
import { mock } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import {
  JwtError,
  MemoryTokenStore,
  type JwtManager,
  type JwtManagerOptions,
  type TokenPair,
  type TokenStore,
} from '../../src';
import { RedisTokenStore } from '../../src/redis';
import { partsOf } from '../support/forge';
import { testClock, testManager, type TestClock } from '../support/manager';
import { nodeRedis, ownPrefix, type Connected } from '../support/redis-clients';
import { ageFeeds } from '../support/redis-feed';
import { refusalOf } from '../support/rejected';
import { outcomeOf, sessionIdOf } from '../support/session-world';
import { useRedis } from '../support/use-redis';

/** A store that vouches, the one through which tokens end, and its clock where it has one. */
interface Stores {
  readonly own: TokenStore;
  readonly other: TokenStore;
  readonly clock?: TestClock;
}

/** Two sessions of a user, a token of theirs without a session, and a session of another user. */
type Name = 'mine' | 'other' | 'alone' | 'theirs';

interface World {
  readonly clock: TestClock;
  readonly stores: Stores;
  readonly subject: string;
  readonly mine: TokenPair;
  readonly other: TokenPair;
  readonly texts: Readonly<Record<Name, string>>;
  /** Whose tokens are vouched for. */
  readonly verifier: JwtManager;
  /** A manager of the process in which tokens end. */
  readonly manager: (options?: Partial<JwtManagerOptions>) => JwtManager;
}

interface Ending {
  readonly end: (world: World) => unknown;
  /** Which tokens end; the others go on. */
  readonly ends: readonly Name[];
  readonly code?: string;
  /** Only there is a clock of the store, and a token is revoked whatever the subject. */
  readonly isOfMemory?: true;
}

const day = 86_400;
/** Milliseconds after which another process knows of everything, and what the feed takes. */
const bound = 2100;
const unix = (clock: TestClock) => Math.floor(clock() / 1000);
const ownAll = ['mine', 'other', 'alone'] as const;

const endings: Record<string, Ending> = {
  'its session is revoked': {
    ends: ['mine'],
    end: ({ manager, mine }) => manager().revokeSession(sessionIdOf(mine)),
  },
  'its session is revoked for its user': {
    ends: ['mine'],
    end: ({ manager, mine, subject }) => manager().revokeSession(sessionIdOf(mine), { identity: subject }),
  },
  'its session is found stolen': {
    ends: ['mine'],
    end: async ({ manager, mine: { refresh_token: text } }) => {
      const strict = manager({ rotationGrace: 0 });
      await strict.refresh(text);
      await refusalOf(strict.refresh(text), JwtError);
    },
  },
  'its session is found stolen by verify': {
    ends: ['mine'],
    end: async ({ manager, mine: { refresh_token: text } }) => {
      const strict = manager({ rotationGrace: 0 });
      await strict.refresh(text);
      await refusalOf(strict.verify(text, { type: 'refresh' }), JwtError);
    },
  },
  'its refresh token is revoked': {
    ends: ['mine'],
    end: ({ manager, mine }) => manager().revoke(mine.refresh_token),
  },
  'another session takes its place': {
    ends: ['mine', 'other'],
    end: ({ manager, subject }) => manager({ maxSessions: 1 }).createTokenPair(subject),
  },
  'its user is logged out everywhere': {
    ends: ownAll,
    end: ({ manager, subject }) => manager().revokeAll(subject),
  },
  'its user is logged out everywhere else': {
    ends: ['mine', 'alone'],
    end: ({ manager, subject, other }) => manager().revokeAll(subject, { except: sessionIdOf(other) }),
  },
  'its user is forgotten': { ends: ownAll, end: ({ manager, subject }) => manager().forget(subject) },
  'it is revoked': { ends: ['mine'], end: ({ manager, texts }) => manager().revoke(texts.mine) },
  'it is revoked and has no session': {
    ends: ['alone'],
    end: ({ manager, texts }) => manager().revoke(texts.alone),
  },
  'its session is used': { ends: [], end: ({ manager, mine }) => manager().refresh(mine.refresh_token) },
  'its user logs in': { ends: [], end: ({ manager, subject }) => manager().createTokenPair(subject) },
  'its time is over': {
    ends: [...ownAll, 'theirs'],
    code: 'ERR_JWT_EXPIRED',
    end: ({ clock }) => {
      clock.advance(900);
    },
  },
  'it is revoked for another subject': {
    isOfMemory: true,
    ends: ['mine'],
    end: ({ stores, texts, clock }) => {
      const jti = String(partsOf(texts.mine).claims['jti']);
      return stores.other.revokeToken({ jti, subject: 'eve', now: unix(clock), expiresAt: unix(clock) + 60 });
    },
  },
  'a rotation has moved the end of its session': {
    ends: ['mine'],
    end: async (world) => {
      await endSoon(world);
      world.clock.advance(5);
    },
  },
  'the new end of its session, before which it was vouched for again': {
    ends: ['mine'],
    end: async (world) => {
      await endSoon(world);
      await untilVouchedFor(world, world.texts.mine);
      world.clock.advance(5);
    },
  },
  'a store whose clock is ahead has removed its session': {
    isOfMemory: true,
    ends: ['mine', 'other', 'theirs'],
    end: ({ stores }) => {
      stores.clock?.advance(40 * day);
      return (stores.own as MemoryTokenStore).purgeExpired();
    },
  },
};

/** A rotation by a manager whose sessions are shorter. */
async function endSoon({ stores, mine, subject, clock }: World): Promise<void> {
  const times = { now: unix(clock), expiresAt: unix(clock) + 5, graceSeconds: 10 };
  await stores.other.rotateSession({ sessionId: sessionIdOf(mine), subject, generation: 0, ...times });
}

/** Defines specs for each store that vouches, and for those that end what it vouches for. */
function describeOnVouchingStores(
  title: string,
  body: (use: () => Stores, where: 'in memory' | 'here' | 'elsewhere') => void,
): void {
  describe(`${title} (MemoryTokenStore)`, () => {
    body(() => {
      const clock = testClock(Date.now());
      const store = new MemoryTokenStore({ clock });
      return { own: store, other: store, clock };
    }, 'in memory');
  });

  for (const [kind, isAged] of Object.entries({
    'which knows it from the feed': true,
    'after Redis has found it alive': false,
  }))
    for (const where of ['here', 'elsewhere'] as const)
      describe(`${title} (RedisTokenStore, ${kind}, ${where})`, () => {
        const prefix = ownPrefix();
        const url = useRedis(prefix);
        const connected: Connected[] = [];
        const opened: RedisTokenStore[] = [];
        before(async () => {
          if (isAged) await ageFeeds(url(), prefix);
          for (let count = 0; count < 2; count++) {
            const one = await nodeRedis(url());
            connected.push(one);
            opened.push(new RedisTokenStore(one.client, { prefix, consistency: 'replica' }));
          }
        });
        after(() => {
          for (const store of opened) store.close();
          for (const { close } of connected) close();
        });
        body(() => {
          const [own, other] = opened as [RedisTokenStore, RedisTokenStore];
          return { own, other: where === 'elsewhere' ? other : own };
        }, where);
      });
}

async function worldOf(stores: Stores): Promise<World> {
  const clock = testClock(Date.now());
  const verifier = testManager({ store: stores.own, clock });
  const [subject, another] = [randomUUID(), randomUUID()];
  const [mine, other, theirs] = (await Promise.all(
    [subject, subject, another].map((each) => verifier.createTokenPair(each)),
  )) as [TokenPair, TokenPair, TokenPair];
  const texts = {
    mine: mine.access_token,
    other: other.access_token,
    alone: await verifier.createAccessToken(subject),
    theirs: theirs.access_token,
  };
  const manager = (options = {}) => testManager({ store: stores.other, clock, ...options });
  return { clock, stores, subject, mine, other, texts, manager, verifier };
}

/** Uses a token until it is vouched for. */
async function untilVouchedFor({ verifier, clock }: World, text: string): Promise<void> {
  for (let time = 1; ; time++) {
    const token = await verifier.verify(text);
    if (time >= 3 && token.evidence()?.holds(unix(clock)) === true) return;
    await setTimeout(1);
  }
}

describeOnVouchingStores('A token that is vouched for is rejected at its next use', (use, where) => {
  for (const [name, { end, ends, code = 'ERR_JWT_REVOKED', isOfMemory }] of Object.entries(endings)) {
    if (isOfMemory && where !== 'in memory') continue;
    it(`after ${name}`, async () => {
      const world = await worldOf(use());
      const { verifier, texts } = world;
      for (const text of Object.values(texts)) await untilVouchedFor(world, text);
      await end(world);
      const endedAt = performance.now();
      for (const [of, text] of Object.entries(texts)) {
        const isDead = ends.includes(of as Name);
        let outcome: string;
        let askedAt: number;
        do {
          await setImmediate();
          askedAt = performance.now();
          outcome = await outcomeOf(verifier.verify(text));
          // Within the bound, and what the feed takes, it may be unknown elsewhere.
        } while (where === 'elsewhere' && isDead && outcome === 'ok' && askedAt < endedAt + bound);
        for (let time = 0; time < 3; time++) {
          expect(outcome, of).to.equal(isDead ? code : 'ok');
          outcome = await outcomeOf(verifier.verify(text));
        }
      }
    });
  }

  it('unless it is a refresh token, for which nothing vouches: it is consumed without an end', async () => {
    const { verifier, manager, mine } = await worldOf(use());
    const verify = () => verifier.verify(mine.refresh_token, { type: 'refresh' });
    for (let time = 0; time < 5; time++) expect((await verify()).evidence()).to.equal(undefined);
    await manager({ rotationGrace: 0 }).refresh(mine.refresh_token);
    const strict = manager({ rotationGrace: 0 });
    expect(await outcomeOf(strict.verify(mine.refresh_token, { type: 'refresh' }))).to.equal(
      'ERR_JWT_REFRESH_REUSED',
    );
    expect(await outcomeOf(verify())).to.equal('ERR_JWT_REFRESH_REUSED');
  });
});

describe('A token that a RedisTokenStore vouches for', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);

  async function opened() {
    const connected = await nodeRedis(url());
    const own = new RedisTokenStore(connected.client, { prefix, consistency: 'replica' });
    const world = await worldOf({ own, other: own });
    for (const text of Object.values(world.texts)) await untilVouchedFor(world, text);
    return { own, connected, ...world };
  }

  it('is asked about once the store is closed, and rejected as soon as this process has revoked it', async () => {
    const { own, connected, verifier, texts, mine, manager } = await opened();
    // What it asks just then is answered later.
    await verifier.revoke(texts.theirs);
    own.close();
    expect(await outcomeOf(verifier.verify(texts.mine))).to.equal('ok');
    await manager().revokeSession(sessionIdOf(mine));
    for (let time = 0; time < 20; time++) {
      expect(await outcomeOf(verifier.verify(texts.mine))).to.equal('ERR_JWT_REVOKED');
      expect(await outcomeOf(verifier.verify(texts.other))).to.equal('ok');
    }
    connected.close();
  });

  it('is let in for two seconds when Redis is gone, and not after them', async () => {
    const { own, connected, verifier, texts, clock } = await opened();
    const token = await verifier.verify(texts.mine);
    connected.close();
    const later = performance.now() + 2000;
    const time = mock.method(performance, 'now', () => later);
    expect(token.evidence()?.holds(unix(clock))).to.equal(false);
    time.mock.restore();
    while (token.evidence()?.holds(unix(clock)) === true) await setTimeout(20);
    expect(await outcomeOf(verifier.verify(texts.mine))).to.equal('ERR_JWT_STORE');
    own.close();
  });
});
