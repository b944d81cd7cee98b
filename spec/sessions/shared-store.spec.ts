import { expect } from 'chai';
import { MemoryTokenStore, type JwtManager, type TokenStore } from '../../src';
import { RedisTokenStore } from '../../src/redis';
import { TypeOrmTokenStore } from '../../src/typeorm';
import { describeOn, durable } from '../support/databases';
import { testManager } from '../support/manager';
import { nodeRedis, ownPrefix, type Connected } from '../support/redis-clients';
import { claimsOf, outcomeOf, sessionIdOf } from '../support/session-world';
import { useRedis } from '../support/use-redis';

const dead = 'ERR_JWT_REVOKED';

/** What one manager does, another knows at its next call: each store is opened twice, as by two processes. */
function isSharedBy(open: () => Promise<TokenStore>): void {
  let here: JwtManager;
  let there: JwtManager;

  before(async () => {
    here = testManager({ store: await open() });
    there = testManager({ store: await open() });
  });

  const endings: [
    string,
    (pair: { access: string; sessionId: string; identity: string }) => Promise<unknown>,
  ][] = [
    ['revoke', ({ access }) => here.revoke(access)],
    ['revokeSession', ({ sessionId }) => here.revokeSession(sessionId)],
    ['revokeAll', ({ identity }) => here.revokeAll(identity)],
  ];
  for (const [name, end] of endings) {
    it(`F11: ${name} holds at once, however often the token was verified elsewhere before`, async () => {
      const identity = `ada-${name}-${String(performance.now())}`;
      const pair = await here.createTokenPair(identity);
      const access = pair.access_token;
      for (let time = 0; time < 3; time++) await there.verify(access);
      await end({ access, sessionId: sessionIdOf(pair), identity });
      expect(await outcomeOf(there.verify(access))).to.equal(dead);
      expect(await outcomeOf(there.refresh(pair.refresh_token))).to.equal(name === 'revoke' ? 'ok' : dead);
    });
  }

  it('F11: a login, a refresh and a theft are known at once', async () => {
    const first = await here.createTokenPair('bob');
    const second = await there.refresh(first.refresh_token);
    expect((await here.refresh(first.refresh_token)).refresh_token).to.equal(second.refresh_token);
    const third = await here.refresh(second.refresh_token);
    expect(claimsOf(third).refresh).to.include({ gen: 2 });
    expect(await outcomeOf(there.refresh(first.refresh_token))).to.equal('ERR_JWT_REFRESH_REUSED');
    for (const pair of [first, second, third])
      expect(await outcomeOf(here.verify(pair.access_token))).to.equal(dead);
    expect(await here.listSessions('bob')).to.deep.equal([]);
  });
}

describe('managers that share a MemoryTokenStore', () => {
  const store = new MemoryTokenStore();
  isSharedBy(async () => store);
});

describe('managers that share a Redis', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);
  const opened: Connected[] = [];
  isSharedBy(async () => {
    const connected = await nodeRedis(url());
    opened.push(connected);
    return new RedisTokenStore(connected.client, { prefix });
  });
  after(() => {
    for (const { close } of opened) close();
  });
});

describeOn(durable, 'managers that share a database', (database) => {
  isSharedBy(async () => new TypeOrmTokenStore(await database.open()));
});
