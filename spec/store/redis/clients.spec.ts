import { expect } from 'chai';
import { RESP_TYPES } from 'redis';
import { ConfigurationError } from '../../../src';
import { RedisTokenStore, type NodeRedisClient } from '../../../src/redis';
import { ioredis, keysWith, nodeRedis, ownPrefix } from '../../support/redis-clients';
import { refusalOf } from '../../support/rejected';
import { useRedis } from '../../support/use-redis';

const now = Math.floor(Date.now() / 1000);
const end = now + 60;
const nothing = () => Promise.resolve();

describe('What a RedisTokenStore is made of', () => {
  const wrong: [string, unknown, RegExp][] = [
    ['nothing', undefined, /createClient\(\{ url \}\).*new Redis\(url\)$/],
    ['null', null, /createClient/],
    ['an address', 'redis://127.0.0.1', /createClient/],
    ['an empty object', {}, /createClient/],
    ['a promise of one', nothing(), /promise: await it$/],
    ['one with a half of what is needed', { evalSha: nothing }, /createClient/],
    ['one with callbacks, as redis 3', { evalsha: nothing, eval: nothing }, /createClient/],
    ['one whose members are no functions', { evalSha: true, eval: true }, /createClient/],
  ];
  for (const [name, client, says] of wrong) {
    it(`is refused when it is ${name}`, async () => {
      const error = await refusalOf(() => new RedisTokenStore(client as NodeRedisClient), ConfigurationError);
      expect(error.message).to.match(says);
    });
  }

  const wrongOptions: [string, unknown, RegExp][] = [
    ['an unknown option', { prefx: 'a' }, /no option 'prefx'; there are: prefix/],
    ['options that are no object', 'a', /options must be an object/],
    ['an empty prefix', { prefix: '' }, /prefix must be a string of 1 to 200 characters/],
    ['a prefix that is too long', { prefix: 'x'.repeat(201) }, /prefix must be/],
    ['a prefix that is no string', { prefix: 1 }, /prefix must be/],
    ['a prefix with a brace', { prefix: 'a}b' }, /without braces/],
  ];
  for (const [name, options, says] of wrongOptions) {
    it(`is not taken with ${name}`, async () => {
      const client = { evalSha: nothing, eval: nothing };
      const attempt = () => new RedisTokenStore(client, options as object);
      expect((await refusalOf(attempt, ConfigurationError)).message).to.match(says);
    });
  }

  it('may be one that knows neither options nor patience', async () => {
    const calls: unknown[] = [];
    const evalSha = async (_sha: string, options: object) => (calls.push(options), [1, 'revoked']);
    const store = new RedisTokenStore({ evalSha, eval: evalSha });
    await store.revokeSession('sid', now, { deadline: performance.now() + 1000 });
    expect(calls).to.deep.equal([
      {
        keys: ['{routing-controllers-jwt}:session:sid'],
        arguments: ['0', 'session:sid', 'sid', String(now)],
      },
    ]);
  });
});

describe('The client of a RedisTokenStore', () => {
  const prefix = ownPrefix();
  const url = useRedis(prefix);

  it('may put a prefix of its own before all keys', async () => {
    const outer = `outer-${prefix}:`;
    const { client, close } = ioredis(url(), outer);
    const store = new RedisTokenStore(client, { prefix });
    const session = { id: 'sid', subject: 'ada', generation: 0, rotatedAt: now, createdAt: now };
    await store.createSession({ ...session, lastUsedAt: now, expiresAt: end });
    await store.revokeToken('jti', end);
    expect(await store.isRevoked({ jti: 'a', sessionId: 'sid', subject: 'ada', issuedAt: now })).to.equal(
      false,
    );
    await store.rotateSession({ sessionId: 'sid', generation: 0, now, graceSeconds: 0 });
    await store.rotateSession({ sessionId: 'sid', generation: 0, now, graceSeconds: 0 });
    expect(await store.isRevoked({ jti: 'a', sessionId: 'sid', subject: 'ada', issuedAt: now })).to.equal(
      true,
    );
    close();
    const keys = await keysWith(url(), prefix);
    expect(keys).to.have.length(3);
    for (const key of keys) expect(key.startsWith(`${outer}{${prefix}}:`)).to.equal(true);
  });

  it('may answer with buffers and with strings for numbers', async () => {
    const { client, close } = await nodeRedis(url());
    const typed = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String });
    const store = new RedisTokenStore(typed, { prefix });
    const session = { id: 'sid2', subject: 'bob', generation: 0, rotatedAt: now, createdAt: now };
    const row = { ...session, lastUsedAt: now, expiresAt: end };
    await store.createSession(row);
    expect(await store.listSessions('bob', now)).to.deep.equal([row]);
    expect(await store.revokeSession('sid2', now, { deadline: performance.now() + 1000 })).to.equal(true);
    close();
  });
});
