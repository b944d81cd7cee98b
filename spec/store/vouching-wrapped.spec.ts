import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { JwtError, MemoryTokenStore, type JwtManager, type Token, type TokenStore } from '../../src';
import { RedisTokenStore } from '../../src/redis';
import { voucherOf } from '../../src/store/vouching';
import { testManager } from '../support/manager';
import { nodeRedis, ownPrefix, type Connected } from '../support/redis-clients';
import { ageFeeds, untilSync } from '../support/redis-feed';
import { newSession, queryOf } from '../support/redis-sessions';
import { refusalOf } from '../support/rejected';
import { useRedis } from '../support/use-redis';

type Ask = TokenStore['isRevoked'];

/** A store of the library, which may be created once more as a subclass of it. */
interface Kind {
  readonly store: TokenStore;
  readonly extended: (extend: (Base: new () => TokenStore) => new () => TokenStore) => TokenStore;
  readonly prototype: { isRevoked: Ask };
}

/** Defines specs for each store that vouches. */
function describeOnVouchingStores(title: string, body: (use: () => Kind) => void): void {
  describe(`${title} (MemoryTokenStore)`, () => {
    body(() => ({
      store: new MemoryTokenStore(),
      extended: (extend) => new (extend(MemoryTokenStore))(),
      prototype: MemoryTokenStore.prototype,
    }));
  });

  describe(`${title} (RedisTokenStore with a replica)`, () => {
    const prefix = ownPrefix();
    const url = useRedis(prefix);
    const stores: RedisTokenStore[] = [];
    let connected: Connected;
    before(async () => {
      await ageFeeds(url(), prefix);
      connected = await nodeRedis(url());
    });
    afterEach(() => {
      for (const store of stores.splice(0)) store.close();
    });
    after(() => {
      connected.close();
    });
    class Replica extends RedisTokenStore {
      constructor() {
        super(connected.client, { prefix, consistency: 'replica' });
        stores.push(this);
      }
    }
    body(() => ({
      store: new Replica(),
      extended: (extend) => new (extend(Replica))(),
      prototype: RedisTokenStore.prototype,
    }));
  });
}

/** A function that calls another one, and notes each call. */
function noted(ask: Ask, note: () => void): Ask {
  return (...given) => {
    note();
    return ask(...given);
  };
}

function proxyOf(store: TokenStore, get: (name: string | symbol, member: unknown) => unknown): TokenStore {
  return new Proxy(store, { get: (target, name) => get(name, Reflect.get(target, name)) });
}

const bound = (store: TokenStore, member: unknown) =>
  typeof member === 'function' ? (member.bind(store) as unknown) : member;

/** All members of a store, those of its classes included. */
function membersOf(store: TokenStore): TokenStore {
  const members: Record<string | symbol, unknown> = {};
  for (let from: object = store; from !== Object.prototype; from = Object.getPrototypeOf(from) as object)
    for (const name of Reflect.ownKeys(from)) members[name] ??= bound(store, Reflect.get(store, name));
  return members as unknown as TokenStore;
}

/** Stores that are around a store of the library, or in its place. Each notes when it is asked. */
const wrappers: Record<string, (kind: Kind, note: () => void) => TokenStore> = {
  'a subclass with a method': ({ extended }, note) =>
    extended(
      (Base) =>
        class extends Base {
          override isRevoked(...given: Parameters<Ask>) {
            note();
            return super.isRevoked(...given);
          }
        },
    ),
  'a subclass with a function in a field': ({ extended }, note) =>
    extended(
      (Base) =>
        class extends Base {
          override isRevoked: Ask = noted((...given) => super.isRevoked(...given), note);
        },
    ),
  'a subclass with a getter': ({ extended, prototype }, note) =>
    extended((Base) => {
      class Getter extends Base {}
      const get = function (this: TokenStore) {
        return noted(prototype.isRevoked.bind(this), note);
      };
      Object.defineProperty(Getter.prototype, 'isRevoked', { get });
      return Getter;
    }),
  'a Proxy that binds': ({ store }, note) =>
    proxyOf(store, (name, member) =>
      name === 'isRevoked' ? noted(bound(store, member) as Ask, note) : bound(store, member),
    ),
  'a Proxy that binds once': ({ store }, note) => {
    const known = new Map<string | symbol, unknown>();
    return proxyOf(store, (name, member) => {
      if (!known.has(name)) known.set(name, bound(store, member));
      return name === 'isRevoked' ? noted(known.get(name) as Ask, note) : known.get(name);
    });
  },
  'a Proxy that has never heard of symbols': ({ store }, note) =>
    proxyOf(store, (name, member) => {
      if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      return name === 'isRevoked' ? noted(bound(store, member) as Ask, note) : bound(store, member);
    }),
  'a Proxy that notes what is read': ({ store }, note) =>
    proxyOf(store, (name, member) => {
      if (name === 'isRevoked') note();
      return bound(store, member);
    }),
  'an object with its members': ({ store }, note) => ({
    ...membersOf(store),
    isRevoked: noted(store.isRevoked.bind(store), note),
  }),
  'itself with another method': ({ store }, note) =>
    Object.assign(store, { isRevoked: noted(store.isRevoked.bind(store), note) }),
};

describeOnVouchingStores('A store around one that vouches is asked about each token', (use) => {
  for (const [name, wrap] of Object.entries(wrappers)) {
    it(`as ${name}`, async () => {
      let asked = 0;
      const kind = use();
      const store = wrap(kind, () => asked++);
      const manager = testManager({ store, clock: Date.now });
      const subject = randomUUID();
      const { access_token: text } = await manager.createTokenPair(subject);
      await untilSync(kind.store, queryOf(newSession('sid', subject)));
      for (let time = 0; time < 5; time++) await manager.verify(text);
      asked = 0;
      for (let time = 0; time < 5; time++) await manager.verify(text);
      expect(asked).to.be.at.least(5);
      await manager.revokeAll(subject);
      expect(await refusalOf(manager.verify(text), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
    });
  }
});

describeOnVouchingStores('A store that vouched', (use) => {
  let kind: Kind;
  let manager: JwtManager;
  let subject: string;
  let text: string;

  /** A token that the store vouches for. */
  beforeEach(async () => {
    kind = use();
    manager = testManager({ store: kind.store, clock: Date.now });
    subject = randomUUID();
    text = (await manager.createTokenPair(subject)).access_token;
    await untilVouchedFor();
  });

  async function untilVouchedFor(): Promise<Token> {
    for (;;) {
      const token = await manager.verify(text);
      if (token.evidence()?.holds(Math.floor(Date.now() / 1000))) return token;
      await setTimeout(1);
    }
  }

  const replacements: Record<string, (ask: Ask) => () => unknown> = {
    'on the store': (ask) => {
      Object.assign(kind.store, { isRevoked: ask });
      return () => Reflect.deleteProperty(kind.store, 'isRevoked');
    },
    'in its class': (ask) => {
      const own = Object.getOwnPropertyDescriptor(kind.prototype, 'isRevoked') as PropertyDescriptor;
      Object.defineProperty(kind.prototype, 'isRevoked', { ...own, value: ask });
      return () => Object.defineProperty(kind.prototype, 'isRevoked', own);
    },
  };
  for (const [where, replace] of Object.entries(replacements)) {
    it(`is asked as soon as its method is replaced ${where}, and vouches again when it is back`, async () => {
      let asked = 0;
      let answer: ReturnType<Ask> = false;
      const restore = replace(() => {
        asked++;
        return answer;
      });
      try {
        for (let time = 0; time < 3; time++) await manager.verify(text);
        expect(asked).to.equal(3);
        for (answer of [true, Promise.resolve(true)])
          expect(await refusalOf(manager.verify(text), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
      } finally {
        restore();
      }
      await manager.verify(text);
      await untilVouchedFor();
      await manager.revokeAll(subject);
      expect(await refusalOf(manager.verify(text), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
    });

    it(`is not believed if it was revoked while its method was replaced ${where}`, async () => {
      const restore = replace(() => false);
      await manager.revokeAll(subject);
      await manager.verify(text);
      restore();
      expect(await refusalOf(manager.verify(text), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
    });

    it(`does not vouch for what another method has answered, replaced ${where} from the start`, async () => {
      const restore = replace(() => false);
      try {
        for (let time = 0; time < 5; time++)
          expect((await testManager({ store: kind.store }).verify(text)).evidence()).to.equal(undefined);
        const own = testManager({ store: kind.store });
        for (let time = 0; time < 5; time++) await own.verify(text);
        expect((await own.verify(text)).evidence()).to.equal(undefined);
      } finally {
        restore();
      }
    });
  }

  it('is not asked by a manager with another store, which has evidence of its own', async () => {
    const others = [testManager({ store: new MemoryTokenStore() }), testManager({ store: false })];
    await manager.revokeAll(subject);
    const [other, none] = others as [JwtManager, JwtManager];
    const alone = await manager.createAccessToken('bob');
    for (let time = 0; time < 3; time++) {
      await other.verify(alone);
      await none.verify(alone);
      await manager.verify(alone);
    }
    await manager.revoke(alone);
    expect(await refusalOf(manager.verify(alone), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
    expect(await other.verify(alone)).to.include({ identity: 'bob' });
    await other.revokeAll('bob');
    expect(await refusalOf(other.verify(alone), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
    expect(await none.verify(alone)).to.include({ identity: 'bob' });
  });
});

describe('A MemoryTokenStore', () => {
  it('has no evidence for a session that it does not know', () => {
    const store = new MemoryTokenStore();
    const query = queryOf(newSession('unknown'));
    expect(store.isRevoked(query)).to.equal(true);
    expect(voucherOf(store)?.evidenceFor(query)).to.equal(undefined);
  });
});

describe('A store that answers everything alike', () => {
  it('is asked about each token', async () => {
    let asked = 0;
    const answer = () => {
      asked++;
      return false;
    };
    const member: unknown = new Proxy(answer, { get: () => member });
    const all = new Proxy({}, { get: () => member }) as TokenStore;
    const manager = testManager({ store: all });
    const text = await manager.createAccessToken('ada');
    for (let time = 0; time < 5; time++) await manager.verify(text);
    expect(asked).to.equal(5);
  });
});
