import { expect } from 'chai';
import { RESP_TYPES } from 'redis';
import { ConfigurationError } from '../../../src';
import { RedisTokenStore, type NodeRedisClient } from '../../../src/redis';
import { shardOf, subjectHash } from '../../../src/store/shard';
import { ioredis, keysWith, nodeRedis, ownPrefix } from '../../support/redis-clients';
import { newSession, now, queryOf, rotationOf } from '../../support/redis-sessions';
import { refusalOf } from '../../support/rejected';
import { useRedis } from '../../support/use-redis';

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
    await store.revokeToken(
      { jti: 'jti', subject: 'ada', now, expiresAt: now + 60 },
      { deadline: performance.now() + 1000 },
    );
    const base = `{routing-controllers-jwt:${shardOf('ada')}}`;
    expect(calls).to.deep.equal([
      { keys: [`${base}:r:jti`, `${base}:x`], arguments: ['0', '3660', `${subjectHash('ada')}jti`] },
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
    const session = newSession('sid');
    await store.createSession(session);
    await store.revokeToken({ jti: 'other', subject: 'ada', now, expiresAt: now + 60 });
    await store.revokeSubject('ada', now - 1, { exceptSessionId: session.id });
    expect(await store.isRevoked(queryOf(session))).to.equal(false);
    expect(await store.findSession(session.id, now)).to.deep.equal(session);
    expect(await store.listSessions('ada', now)).to.deep.equal([session]);
    await store.rotateSession(rotationOf(session, { graceSeconds: 0 }));
    await store.rotateSession(rotationOf(session, { graceSeconds: 0 }));
    expect(await store.isRevoked(queryOf(session))).to.equal(true);
    close();
    const keys = await keysWith(url(), prefix);
    expect(keys).to.have.length(4);
    for (const key of keys) expect(key.startsWith(`${outer}{${prefix}:${shardOf('ada')}}:`)).to.equal(true);
  });

  it('may answer with buffers and with strings for numbers', async () => {
    const { client, close } = await nodeRedis(url());
    const typed = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String });
    const store = new RedisTokenStore(typed, { prefix });
    const session = newSession('sid', 'bob', { label: 'laptop' });
    await store.createSession(session);
    expect(await store.listSessions('bob', now)).to.deep.equal([session]);
    expect(await store.findSession(session.id, now)).to.deep.equal(session);
    expect(await store.revokeSession(session.id, now, { deadline: performance.now() + 1000 })).to.equal(true);
    close();
  });
});
