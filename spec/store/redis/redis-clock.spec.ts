import { expect } from 'chai';
import { RedisClock } from '../../../src/store/redis/redis-clock';

/** Sent at, received at, and the time that Redis said it was: milliseconds. */
type Answer = readonly [sentAt: number, receivedAt: number, redisTime: number];

/** The deadline of moment 1000 in milliseconds of Redis, after these answers. */
function deadlineAfter(...answers: Answer[]): number {
  const clock = new RedisClock();
  for (const answer of answers) clock.learn(...answer);
  return clock.deadlineOf(1000) / 1000;
}

/** Its clock is ahead by 50,000. */
const ahead = 50_000;

describe('RedisClock', () => {
  it('takes every deadline for over while it knows nothing', () => {
    expect(deadlineAfter()).to.equal(0);
  });

  /** With the true clock, moment 1000 is 51,000: a deadline must not be after that, and 5 before it is meant. */
  const cases: [string, Answer[], number][] = [
    ['an answer that took no time', [[100, 100, ahead + 100]], 50_995],
    ['one whose way back took 10', [[100, 120, ahead + 110]], 50_985],
    ['one that waited for 90 before it was run', [[100, 191, ahead + 190]], 50_994],
    [
      'a good one before a bad one',
      [
        [100, 101, ahead + 100],
        [200, 400, ahead + 200],
      ],
      50_994,
    ],
    [
      'a bad one before a good one',
      [
        [100, 300, ahead + 100],
        [400, 402, ahead + 401],
      ],
      50_994,
    ],
  ];
  for (const [name, answers, expected] of cases) {
    it(`is rather too early than too late after ${name}`, () => {
      expect(deadlineAfter(...answers)).to.equal(expected);
      expect(expected).to.be.below(ahead + 1000);
    });
  }

  it('follows a clock that is set forward', () => {
    expect(deadlineAfter([100, 102, ahead + 101], [200, 202, ahead + 7201])).to.equal(ahead + 7994);
  });

  it('follows a clock that is set back', () => {
    expect(deadlineAfter([100, 102, ahead + 101], [200, 204, ahead - 7000 + 202])).to.equal(
      ahead - 7000 + 993,
    );
  });

  it('answers whole microseconds', () => {
    const clock = new RedisClock();
    clock.learn(100.123456, 100.234567, ahead + 100.2);
    expect(clock.deadlineOf(1000.1)).to.satisfy(Number.isInteger);
  });
});
