import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { StoreUnavailableError, TooManyAttemptsError } from '../../../src';
import { networkOf } from '../../../src/endpoints/token/network-of';
import { Throttle } from '../../../src/endpoints/token/throttle';
import { resolveThrottle, type ThrottleOptions } from '../../../src/endpoints/token/throttle-options';
import { reasonFor } from '../../../src/errors/errors';
import { itInFull, shortList } from '../../support/full';
import { clientKinds, ownPrefix, removeKeysWith, type Connected } from '../../support/redis-clients';
import { refusalOf } from '../../support/rejected';
import { useRedis } from '../../support/use-redis';

const home = '203.0.113.7';
const attacker = '198.51.100.9';

function throttleWith(options: ThrottleOptions = {}): Throttle {
  const accountOf = () => '';
  const settings = resolveThrottle({ accountOf, ...options }, class {});
  if (!settings) throw new Error('there is no throttle');
  return new Throttle(settings, 2000);
}

/** How many of so many failing attempts get through. */
async function through(throttle: Throttle, attempts: [account: string, ip: string][]): Promise<number> {
  const results = await Promise.allSettled(attempts.map(([account, ip]) => throttle.begin(account, ip)));
  return results.filter(({ status }) => status === 'fulfilled').length;
}
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** What holds wherever is counted. Accounts are different ones in each spec. */
function throttleSpecs(
  create: (options?: ThrottleOptions) => Throttle,
  itThatWaits: (title: string, body: Mocha.AsyncFunc) => unknown,
): void {
  let count = 0;
  const newAccount = () => `ada-${String(process.pid)}-${String(count++)}`;
  // One address for each spec, so that they do not count together.
  const newAddress = () => `10.${String(count++ % 250)}.${String(Math.floor(Math.random() * 250))}.1`;

  it('lets exactly the limit through, of forty at once on one account', async () => {
    const account = newAccount();
    const ip = newAddress();
    expect(
      await through(
        create(),
        times(40, () => [account, ip]),
      ),
    ).to.equal(5);
  });

  it('lets exactly the limit through, of eighty at once from one address on many accounts', async () => {
    const ip = newAddress();
    const account = newAccount();
    expect(
      await through(
        create(),
        times(80, (index) => [`${account}-${String(index)}`, ip]),
      ),
    ).to.equal(50);
  });

  it('lets ten times the limit through from many addresses that the account does not know', async () => {
    const account = newAccount();
    const prefix = `172.${String(16 + (count++ % 16))}.${String(Math.floor(Math.random() * 250))}`;
    expect(
      await through(
        create(),
        times(80, (index) => [account, `${prefix}.${String(index)}`]),
      ),
    ).to.equal(50);
  });

  it('says how long to wait', async () => {
    const throttle = create({ account: { attempts: 1, per: '10m' } });
    const [account, ip] = [newAccount(), newAddress()];
    await throttle.begin(account, ip);
    const error = await refusalOf(throttle.begin(account, ip), TooManyAttemptsError);
    expect([error.status, error.code, error.message]).to.deep.equal([
      429,
      'ERR_JWT_THROTTLED',
      'Too many attempts',
    ]);
    expect(Number(error.headers['Retry-After'])).to.be.within(590, 600);
    expect(error.headers).not.to.have.property('WWW-Authenticate');
    expect(reasonFor(error).reason).to.equal('too many attempts on the account from the address');
  });

  it('starts the account anew after a success, but not the address', async () => {
    const throttle = create({ account: { attempts: 100 }, address: { attempts: 8 } });
    const [account, own, ip] = [newAccount(), newAccount(), newAddress()];
    for (let round = 0; round < 2; round++) {
      expect(
        await through(
          throttle,
          times(3, () => [account, ip]),
        ),
      ).to.equal(3);
      // An attacker logs in to an account of their own in between.
      await (await throttle.begin(own, ip)).succeed();
    }
    expect(
      await through(
        throttle,
        times(10, () => [account, ip]),
      ),
    ).to.equal(2);
    const other = create({ address: { attempts: 100 } });
    const [mine, place] = [newAccount(), newAddress()];
    for (let round = 0; round < 3; round++) {
      expect(
        await through(
          other,
          times(4, () => [mine, place]),
        ),
      ).to.equal(4);
      await (await other.begin(mine, place)).succeed();
    }
  });

  it('counts no successes: a whole office logs in from one address', async () => {
    const throttle = create({ address: { attempts: 3 } });
    const ip = newAddress();
    for (let user = 0; user < 10; user++) await (await throttle.begin(newAccount(), ip)).succeed();
    expect(
      await through(
        throttle,
        times(10, () => [newAccount(), ip]),
      ),
    ).to.equal(3);
  });

  it('counts no attempt that is withdrawn', async () => {
    const throttle = create({ account: { attempts: 1 } });
    const [account, ip] = [newAccount(), newAddress()];
    for (let round = 0; round < 5; round++) await (await throttle.begin(account, ip)).withdraw();
    expect(await through(throttle, [[account, ip]])).to.equal(1);
  });

  it('locks no owner out by a stranger, nor by many where the owner has logged in before', async () => {
    const throttle = create();
    const [account, ip, stranger] = [newAccount(), newAddress(), newAddress()];
    await through(
      throttle,
      times(200, () => [account, stranger]),
    );
    await (await throttle.begin(account, ip)).succeed();
    const prefix = `192.168.${String(Math.floor(Math.random() * 250))}`;
    await through(
      throttle,
      times(200, (index) => [account, `${prefix}.${String(index)}`]),
    );
    const error = await refusalOf(throttle.begin(account, newAddress()), TooManyAttemptsError);
    expect(reasonFor(error).reason).to.equal('too many attempts on the account');
    await (await throttle.begin(account, ip)).succeed();
  });

  it('knows an account by any spelling, and an IPv6 client by its network', async () => {
    const throttle = create();
    const [account, ip] = [newAccount(), newAddress()];
    const spellings = [
      account,
      account.toUpperCase(),
      ` ${account}\t`,
      `${account}\u200b`,
      `\ufeff${account}`,
    ];
    spellings.push(account.replace('a', '\uff41'), `a\u00ad${account.slice(1)}`);
    expect(
      await through(
        throttle,
        spellings.map((name) => [name, ip]),
      ),
    ).to.equal(5);
    const other = newAccount();
    const network = `2001:db8:${String(count++)}:${String(Math.floor(Math.random() * 9999))}`;
    expect(
      await through(
        throttle,
        times(40, (index) => [other, `${network}::${String(index)}`]),
      ),
    ).to.equal(5);
  });

  const sameNames: [what: string, names: string[]][] = [
    ['invisible letters', ['ada', 'a\ufe0fda', 'a\u034fda', '\u3164ada', 'ada\uffa0', 'a\u{e0100}da']],
    [
      'the two small letters of a Greek one',
      ['\u03bd\u03af\u03ba\u03bf\u03c2', '\u039d\u038a\u039a\u039f\u03a3'],
    ],
    ['a sharp s', ['stra\u00dfe', 'STRASSE']],
  ];
  for (const [what, names] of sameNames) {
    it(`knows an account with ${what}`, async () => {
      const throttle = create({ account: { attempts: 1 } });
      const [rest, ip] = [newAccount(), newAddress()];
      expect(
        await through(
          throttle,
          names.map((name) => [`${rest} ${name} ${rest}`.replace(/ /g, ''), ip]),
        ),
      ).to.equal(1);
    });
  }

  itThatWaits('lets no more attempts through after one that was withdrawn late', async () => {
    const throttle = create({ account: { attempts: 2, per: 3 }, address: { attempts: 2, per: 3 } });
    const [account, ip] = [newAccount(), newAddress()];
    const late = [await throttle.begin(account, ip), await throttle.begin(account, ip)];
    await setTimeout(3100);
    for (const attempt of late) await attempt.withdraw();
    expect(
      await through(
        throttle,
        times(8, () => [account, ip]),
      ),
    ).to.equal(2);
  });

  it('forgets after the time', async () => {
    const throttle = create({ account: { attempts: 1, per: 3 } });
    const [account, ip] = [newAccount(), newAddress()];
    expect(
      await through(
        throttle,
        times(3, () => [account, ip]),
      ),
    ).to.equal(1);
    // By the clock of Redis, so that only real time will do.
    await setTimeout(3100);
    expect(
      await through(
        throttle,
        times(3, () => [account, ip]),
      ),
    ).to.equal(1);
  });
}

describe('G2: the throttle, in memory', () => {
  throttleSpecs((options) => throttleWith(options), it);

  it('lets no more attempts through if a count expires while the process is busy', async () => {
    const throttle = throttleWith({ account: { attempts: 2, per: 60 } });
    const late = await throttle.begin('ada', home);
    const { now } = Date;
    try {
      // Its timer has not removed it.
      Date.now = () => now() + 61_000;
      await late.withdraw();
      const attempts = times(8, (): [string, string] => ['ada', home]);
      expect(await through(throttle, attempts)).to.equal(2);
    } finally {
      Date.now = now;
    }
  });
});

for (const [kind, connect] of shortList(Object.entries(clientKinds), 1)) {
  describe(`The throttle, on Redis with ${kind}`, () => {
    const prefix = ownPrefix();
    const url = useRedis(prefix);
    const connected: Connected[] = [];
    before(async () => {
      connected.push(await connect(url()), await connect(url()));
    });
    after(() => {
      for (const { close } of connected) close();
    });
    // Two clients in turn, as two processes have them.
    let turn = 0;
    throttleSpecs(
      (options) => throttleWith({ ...options, prefix, redis: connected[turn++ % 2]?.client as object }),
      itInFull,
    );

    it('lets no more attempts through if a count expires while an attempt is withdrawn', async () => {
      let isWithdrawn = false;
      const afterReading = () => (isWithdrawn ? removeKeysWith(url(), prefix) : undefined);
      const redis = afterEachRead(connected[0]?.client as object, afterReading);
      const throttle = throttleWith({ prefix, redis, account: { attempts: 2 } });
      const late = await throttle.begin('ada', home);
      isWithdrawn = true;
      await late.withdraw();
      isWithdrawn = false;
      const attempts = times(8, (): [string, string] => ['ada', home]);
      expect(await through(throttle, attempts)).to.equal(2);
    });

    it('lets no one in when Redis is gone', async () => {
      const { client, close } = await connect(url());
      const throttle = throttleWith({ prefix, redis: client });
      close();
      const error = await refusalOf(throttle.begin('ada', home), StoreUnavailableError);
      expect(reasonFor(error).reason).to.equal('throttle');
    });
  });
}

interface Transaction {
  exec(...given: unknown[]): Promise<unknown>;
}

/** The client, with something that happens in Redis after each transaction. */
function afterEachRead(client: object, happens: () => Promise<void> | undefined): object {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name !== 'multi') return member.bind(target) as unknown;
      return () => {
        const transaction = member.call(target) as Transaction;
        const exec = transaction.exec.bind(transaction);
        transaction.exec = async (...given) => {
          const reply = await exec(...given);
          await happens();
          return reply;
        };
        return transaction;
      };
    },
  });
}

describe('The throttle, on a Redis that counts nothing', () => {
  it('lets no one in', async () => {
    const chain = { get: () => chain, pTTL: () => chain, exec: () => Promise.resolve([null, -2]) };
    const redis = { eval: () => Promise.reject(new Error('READONLY')), multi: () => chain };
    const error = await refusalOf(throttleWith({ redis }).begin('ada', home), StoreUnavailableError);
    expect(reasonFor(error).cause).to.be.instanceOf(Error);
  });
});

describe('networkOf', () => {
  const networks: [ip: string, network: string][] = [
    [attacker, attacker],
    ['::ffff:198.51.100.9', attacker],
    ['::FFFF:198.51.100.9', attacker],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['', ''],
    ['unknown', 'unknown'],
  ];
  for (const [ip, network] of networks)
    it(`is ${network} for '${ip}'`, () => {
      expect(networkOf(ip)).to.equal(network);
    });
});
