import { expect } from 'chai';
import { TokenCookies } from '../../../src';
import { bearerFor, cookiesFor, revokedToken } from '../../../src/testing';
import { describeOnEachStore } from '../../support/each-store';
import { testManager } from '../../support/manager';

describeOnEachStore('The test kit', (use) => {
  it('logs in and revokes', async () => {
    const jwtManager = testManager({ store: use().store, issuer: 'test kit' });
    const token = await jwtManager.verify((await bearerFor(jwtManager, 'kit')).slice(7));
    await cookiesFor(jwtManager, new TokenCookies(), 'kit');
    const sessions = await jwtManager.listSessions('kit');
    const error: unknown = await jwtManager
      .verify(await revokedToken(jwtManager, 'kit'))
      .catch((thrown: unknown) => thrown);
    await jwtManager.forget('kit');
    expect(sessions.map(({ id }) => id))
      .to.have.lengthOf(2)
      .and.include(token.sessionId);
    expect(error).to.have.property('code', 'ERR_JWT_REVOKED');
  });
});
