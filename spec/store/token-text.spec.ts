import { expect } from 'chai';
import { MemoryTokenStore, type TokenStore } from '../../src';
import { testManager } from '../support/manager';

describe('A store', () => {
  it('gets no text of a token, no part of it, by any verb', async () => {
    const given: unknown[] = [];
    const verbs = new Set<PropertyKey>();
    const store = new Proxy<TokenStore>(new MemoryTokenStore(), {
      get: (target, verb) => {
        const run: unknown = Reflect.get(target, verb);
        if (typeof run !== 'function') return run;
        return (...values: unknown[]): unknown => {
          verbs.add(verb);
          given.push(values);
          return run.apply(target, values) as unknown;
        };
      },
    });
    const manager = testManager({ store, rotationGrace: 0 });
    const first = await manager.createTokenPair('ada', { session: { label: 'laptop' } });
    const second = await manager.refresh(first.refresh_token);
    const { sessionId = '' } = await manager.verify(second.access_token);
    await manager.revoke(second.access_token);
    await manager.refresh(first.refresh_token).catch(() => {});
    await manager.listSessions('ada');
    await manager.revokeSession(sessionId);
    await manager.revokeSession(sessionId, { identity: 'ada' });
    await manager.revokeAll('ada');
    await manager.forget('ada');
    await manager.revokeSession(sessionId);
    await manager.revokeSession(sessionId, { identity: 'ada' });

    expect([...verbs].sort()).to.deep.equal([
      'createSession',
      'findSession',
      'forgetSubject',
      'isRevoked',
      'listSessions',
      'revokeSession',
      'revokeSubject',
      'revokeToken',
      'rotateSession',
    ]);
    const everything = JSON.stringify(given);
    expect(everything).to.include('laptop');
    for (const pair of [first, second]) {
      for (const text of [pair.access_token, pair.refresh_token]) {
        for (const part of text.split('.')) expect(everything).not.to.include(part);
      }
    }
  });
});
