import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { RefreshReusedError, TokenRevokedError } from '../../src';
import { describeOnEachStore } from '../support/each-store';
import { testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

describeOnEachStore('F3: what a store keeps of a session that was replayed', (use) => {
  it('says that it is revoked when the client hears of it, past the store and to every other manager', async () => {
    const clock = testClock(Date.now());
    const [manager, elsewhere] = [0, 1].map(() => testManager({ store: use().store, clock }));
    if (!manager || !elsewhere) throw new Error('two managers are needed');
    const identity = randomUUID();
    const first = await manager.createTokenPair(identity);
    const second = await manager.refresh(first.refresh_token);
    const last = await manager.refresh(second.refresh_token);
    const { sessionId = '' } = await manager.verify(last.access_token);
    expect(await use().revokedAtOf?.(sessionId)).to.equal(undefined);
    clock.advance(20);

    await refusalOf(manager.refresh(first.refresh_token), RefreshReusedError);
    const { revokedAtOf } = use();
    if (revokedAtOf) expect(await revokedAtOf(sessionId)).to.equal(Math.floor(clock() / 1000));
    expect(await elsewhere.listSessions(identity)).to.deep.equal([]);
    await refusalOf(elsewhere.verify(last.access_token), TokenRevokedError);
    await refusalOf(elsewhere.refresh(last.refresh_token), TokenRevokedError);
  });
});
