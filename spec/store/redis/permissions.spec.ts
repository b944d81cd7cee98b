import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RedisTokenStore } from '../../../src/redis';
import { scripts } from '../../../src/store/redis/scripts';
import { clientsOfUser, nodeRedis } from '../../support/redis-clients';
import { newSession, now } from '../../support/redis-sessions';
import { verbs } from '../../support/redis-verbs';
import { useOwnRedis } from '../../support/use-redis';

const password = 'a password of this spec';

/** The line of the guide, word by word: ACL SETUSER, name, rules. */
const [, , , ...rules] = (
  /^ACL SETUSER .*$/m.exec(readFileSync('docs/guides/redis.md', 'utf8'))?.[0] ?? ''
).split(' ');
const commands = rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1));
/** What clients send when they connect, and how scripts are run. */
const ofClients = ['eval', 'evalsha', 'info', 'ping', 'subscribe', 'unsubscribe'];

describe('A user of Redis with the permissions of the guide', () => {
  const redis = useOwnRedis();
  let count = 0;

  async function setUser(given: readonly string[]): Promise<void> {
    const { client, close } = await nodeRedis(redis().url);
    await client.aclSetUser('jwt', [
      'reset',
      ...given.map((rule) => (rule.startsWith('>') ? `>${password}` : rule)),
    ]);
    close();
  }

  async function failuresOf(store: RedisTokenStore): Promise<string[]> {
    const failures: string[] = [];
    for (const [name, ask] of Object.entries(verbs)) {
      const subject = `ada${String(count++)}`;
      const session = newSession(name, subject);
      const attempt = async () => {
        await store.createSession(session, { maxSessions: 1 });
        await ask(store, session);
      };
      await attempt().catch((error: unknown) => failures.push(`${name}: ${String(error)}`));
    }
    const after = { id: 'none', createdAt: now };
    await store
      .listSessions('ada', now, { limit: 1, after })
      .catch((error: unknown) => failures.push(String(error)));
    return failures;
  }

  it('has those of the commands in the scripts, and what clients send, and no others', () => {
    const texts = Object.values(scripts).map(({ text }) => text.toLowerCase());
    const used = texts.flatMap((text) =>
      [...text.matchAll(/redis\.p?call\('(\w+)'/g)].map(([, name]) => name ?? ''),
    );
    expect(new Set(commands)).to.deep.equal(new Set([...used, ...ofClients]));
  });

  for (const [kind, connect] of Object.entries(clientsOfUser('jwt', password))) {
    it(`can do all that a store does, with ${kind}`, async () => {
      await setUser(rules);
      const { client, close } = await connect(redis().url);
      expect(await failuresOf(new RedisTokenStore(client))).to.deep.equal([]);
      close();
    });

    it(`can touch no key of another prefix, with ${kind}`, async () => {
      await setUser(rules);
      const { client, close } = await connect(redis().url);
      const failures = await failuresOf(new RedisTokenStore(client, { prefix: 'other' }));
      expect(failures).to.have.length(Object.keys(verbs).length + 1);
      for (const failure of failures) expect(failure).to.match(/NOPERM/);
      close();
    });
  }
});
