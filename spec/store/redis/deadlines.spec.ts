import { mock } from 'node:test';
import { expect } from 'chai';
import type { StoreLimits } from '../../../src';
import { RedisTokenStore } from '../../../src/redis';
import { FakeRedis } from '../../support/fake-redis';
import { idOf } from '../../support/redis-sessions';

function inMilliseconds(milliseconds: number) {
  return { deadline: performance.now() + milliseconds };
}

async function failureOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'it went through',
    (error: unknown) => String(error),
  );
}

describe('RedisTokenStore and deadlines', () => {
  let redis: FakeRedis;
  let store: RedisTokenStore;
  /** Moves on by a millisecond whenever it is read. */
  let time: number;
  beforeEach(() => {
    time = 0;
    mock.method(performance, 'now', () => time++);
    redis = new FakeRedis();
    store = new RedisTokenStore(redis);
  });
  afterEach(() => {
    mock.restoreAll();
  });
  const revoke = (limits?: StoreLimits) =>
    store.revokeSession(idOf('ada', 'sid'), 1, { subject: 'ada', ...limits });

  it('asks for the time by a script that is over at once, then sends it with a deadline', async () => {
    expect(await revoke(inMilliseconds(1000))).to.equal(true);
    expect(redis.calls).to.have.length(2);
    expect(redis.calls[0]?.deadline).to.equal(0);
  });

  it('says a deadline in the time of Redis: at most 100 ms early, never late', async () => {
    await revoke(inMilliseconds(1000));
    for (const patience of [300, 1000, 60_000]) {
      const limits = inMilliseconds(patience);
      await revoke(limits);
      const early = limits.deadline + redis.ahead - (redis.calls.at(-1)?.deadline ?? 0);
      expect(early).to.be.within(0, 100);
    }
  });

  it('learns the time from calls without a deadline, too', async () => {
    await revoke();
    await revoke(inMilliseconds(1000));
    expect(redis.calls.map(({ deadline }) => deadline > 0)).to.deep.equal([true, true]);
  });

  it('has no deadline where none is given', async () => {
    await revoke();
    expect(redis.calls.map(({ deadline }) => deadline)).to.deep.equal([Infinity]);
  });

  it('tries once more when the clock of Redis was set forward', async () => {
    await revoke(inMilliseconds(1000));
    redis.ahead += 3_600_000;
    expect(await revoke(inMilliseconds(1000))).to.equal(true);
    expect(redis.calls).to.have.length(4);
  });

  it('fails when Redis says late twice', async () => {
    redis.reply = () => [1, 'late'];
    expect(await failureOf(revoke(inMilliseconds(1000)))).to.match(/too late/);
    expect(redis.calls).to.have.length(2);
  });

  it('does not try again when the deadline is over here', async () => {
    const limits = inMilliseconds(20);
    redis.reply = () => {
      while (performance.now() < limits.deadline);
      return [1, 'late'];
    };
    expect(await failureOf(revoke(limits))).to.match(/the time limit has passed/);
    expect(redis.calls).to.have.length(1);
  });

  it('sends nothing when the deadline is over before', async () => {
    expect(await failureOf(revoke(inMilliseconds(0)))).to.match(/the time limit has passed/);
    expect(redis.calls).to.deep.equal([]);
  });

  const nonsense: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'OK'],
    ['an empty list', []],
    ['a list without a time', ['revoked']],
    ['a time alone', [1]],
    ['that of another script', [1, 'alive']],
    ['a boolean, as a client of long ago', true],
  ];
  for (const [name, reply] of nonsense) {
    it(`fails when the answer is ${name}`, async () => {
      redis.reply = () => reply;
      expect(await failureOf(revoke())).to.match(/nonsense/);
    });
  }

  it('learns nothing from nonsense', async () => {
    redis.reply = () => ['soon', 'revoked'];
    expect(await failureOf(revoke())).to.match(/nonsense/);
    redis.reply = undefined;
    expect(await revoke(inMilliseconds(1000))).to.equal(true);
  });

  it('hands on what the client throws', async () => {
    redis.reply = () => {
      throw new Error('READONLY');
    };
    expect(await failureOf(revoke())).to.match(/READONLY/);
    redis.reply = () => {
      throw 'a text' as unknown as Error;
    };
    expect(await failureOf(revoke())).to.equal('a text');
    expect(redis.calls).to.have.length(2);
  });

  for (const code of ['TRYAGAIN', 'CLUSTERDOWN', 'MOVED', 'ASK']) {
    it(`asks again while a slot is on its way to another node: ${code}`, async () => {
      for (const limits of [inMilliseconds(1000), undefined]) {
        let left = 2;
        redis.reply = () => {
          if (left-- > 0) throw new Error(`${code} 1 a reason`);
          return [1, 'revoked'];
        };
        expect(await revoke(limits)).to.equal(true);
      }
      expect(redis.calls).to.have.length(6);
    });
  }

  it('gives up on a slot at the deadline, with what Redis said', async () => {
    redis.reply = () => {
      time += 100;
      throw new Error('TRYAGAIN a reason');
    };
    const limits = inMilliseconds(500);
    expect(await failureOf(revoke(limits))).to.match(/TRYAGAIN/);
    expect(redis.calls).to.have.length(5);
  });

  it('gives up on a slot with what Redis said, too, when the process was busy until after the deadline', async () => {
    redis.reply = () => {
      setTimeout(() => (time += 1000), 1);
      throw new Error('TRYAGAIN a reason');
    };
    expect(await failureOf(revoke(inMilliseconds(500)))).to.match(/TRYAGAIN/);
    expect(redis.calls).to.have.length(1);
  });
});
