import { expect } from 'chai';
import { describeOnEachStore } from '../support/each-store';
import { isFull } from '../support/full';
import { testClock, testManager } from '../support/manager';
import { outcomeOf } from '../support/session-world';

const rounds = isFull ? 20 : 2;
const chat = { purpose: 'chat' };

describeOnEachStore('A ticket', (use) => {
  it(`that fifty callers redeem at once lets one in, in ${String(rounds)} rounds`, async () => {
    const clock = testClock(Date.now());
    const managers = [0, 1].map(() => testManager({ store: use().store, clock, storeTimeout: 30 }));
    for (let round = 0; round < rounds; round++) {
      const text = await managers[0]?.createTicket(`ada-${String(Math.random())}`, {
        ...chat,
        expiresIn: '1m',
      });
      const attempts = Array.from({ length: 50 }, (_, index) =>
        outcomeOf(managers[index % 2]?.redeemTicket(String(text), chat) ?? Promise.reject(new Error())),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome === 'ok')).to.have.lengthOf(1);
      expect(outcomes.filter((outcome) => outcome === 'ERR_JWT_REVOKED')).to.have.lengthOf(49);
    }
  }).timeout(rounds * 20_000);

  it('that is redeemed beside a logout everywhere is dead afterwards', async () => {
    const clock = testClock(Date.now());
    const manager = testManager({ store: use().store, clock, storeTimeout: 30 });
    for (let round = 0; round < rounds; round++) {
      const identity = `ada-${String(Math.random())}`;
      const [one, other] = [
        await manager.createTicket(identity, { ...chat, expiresIn: '1m' }),
        await manager.createTicket(identity, { ...chat, expiresIn: '1m', reusable: true }),
      ];
      await Promise.all([
        outcomeOf(manager.redeemTicket(one, chat)),
        manager.revokeAll(identity),
        outcomeOf(manager.redeemTicket(other, chat)),
      ]);
      for (const text of [one, other])
        expect(await outcomeOf(manager.redeemTicket(text, chat))).to.equal('ERR_JWT_REVOKED');
    }
  }).timeout(rounds * 20_000);
});
