import { mock } from 'node:test';
import { expect } from 'chai';
import {
  ConfigurationError,
  MemoryTokenStore,
  TokenInvalidError,
  subjectHash,
  type JwtManager,
  type RevocationChange,
  type SessionEndReason,
  type Token,
} from '../../src';
import { intervenedStore } from '../support/later-store';
import { otherSecret, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { sessionIdOf, sessionWorld } from '../support/session-world';

const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
};

async function watched(manager: JwtManager, token: Token): Promise<SessionEndReason[]> {
  const reasons: SessionEndReason[] = [];
  manager.onSessionEnd(token, (reason) => reasons.push(reason));
  await settled();
  return reasons;
}

async function login(manager: JwtManager, identity = 'ada') {
  const pair = await manager.createTokenPair(identity);
  return { pair, token: await manager.verify(pair.access_token), sessionId: sessionIdOf(pair) };
}

describe('onSessionEnd', () => {
  type Ended = Awaited<ReturnType<typeof login>>;
  const endings: [
    string,
    SessionEndReason,
    (world: ReturnType<typeof sessionWorld>, own: Ended) => unknown,
    object?,
  ][] = [
    ['a logout', 'revoked', ({ manager }, { sessionId }) => manager.revokeSession(sessionId)],
    ['a logout everywhere', 'revoked', ({ manager }) => manager.revokeAll('ada')],
    [
      'a logout everywhere but elsewhere',
      'revoked',
      ({ manager }) => manager.revokeAll('ada', { except: 'another' }),
    ],
    ['an erasure', 'revoked', ({ manager }) => manager.forget('ada')],
    ['the token being revoked', 'revoked', ({ manager }, { token }) => manager.revoke(token)],
    [
      'its refresh token being revoked',
      'revoked',
      ({ manager }, { pair }) => manager.revoke(pair.refresh_token),
    ],
    [
      'a login beyond the limit',
      'revoked',
      ({ manager }) => manager.createTokenPair('ada'),
      { maxSessions: 1 },
    ],
    [
      'claimsFor',
      'revoked',
      ({ manager }, { pair }) => manager.refresh(pair.refresh_token).catch(() => undefined),
      { claimsFor: () => null },
    ],
    [
      'a theft',
      'reused',
      async ({ manager }, { pair }) => {
        for (let time = 0; time < 2; time++) await manager.refresh(pair.refresh_token).catch(() => undefined);
      },
      { rotationGrace: 0 },
    ],
  ];
  for (const [name, reason, end, options] of endings) {
    it(`hears of ${name}, once`, async () => {
      const world = sessionWorld(options);
      const own = await login(world.manager);
      const reasons = await watched(world.manager, own.token);
      expect(reasons).to.deep.equal([]);
      await end(world, own);
      await end(world, own);
      await settled();
      expect(reasons).to.deep.equal([reason]);
    });

    it(`hears of ${name} by another manager on the same store`, async () => {
      const world = sessionWorld(options);
      const other = testManager({ store: world.store, clock: world.clock });
      const own = await login(world.manager);
      const reasons = await watched(other, own.token);
      await end(world, own);
      await settled();
      expect(reasons).to.deep.equal([reason]);
    });
  }

  it('hears of nothing that happens to others, or that spares it', async () => {
    const { manager, clock } = sessionWorld({ rotationGrace: 0 });
    const own = await login(manager);
    const other = await login(manager);
    const bob = await login(manager, 'bob');
    const reasons = await watched(manager, own.token);
    await manager.revokeSession(other.sessionId);
    await manager.revokeAll('bob');
    await manager.revoke(bob.token);
    await manager.revoke(other.token);
    await manager.revokeAll('ada', { except: own.sessionId });
    await manager.refresh(own.pair.refresh_token);
    clock.advance(60);
    await settled();
    expect(reasons).to.deep.equal([]);
  });

  it('hears of a token without a session: alone, or when it is older than a logout everywhere', async () => {
    const { manager, clock } = sessionWorld();
    const issue = async () => manager.verify(await manager.createAccessToken('ada'));
    const [first, second] = [await issue(), await issue()];
    const one = await watched(manager, first);
    const two = await watched(manager, second);
    await manager.revoke(first);
    expect([one, two]).to.deep.equal([['revoked'], []]);
    await manager.revokeAll('ada');
    expect(two).to.deep.equal(['revoked']);
    clock.advance(6);
    const three = await watched(manager, await issue());
    expect(three).to.deep.equal([]);
  });

  it('hears soon of a token that was revoked before it was waited for', async () => {
    const { manager } = sessionWorld();
    const { token, sessionId } = await login(manager);
    await manager.revokeSession(sessionId);
    expect(await watched(manager, token)).to.deep.equal(['revoked']);
  });

  it('hears no more once it is stopped', async () => {
    const { manager } = sessionWorld();
    const { token, sessionId } = await login(manager);
    const reasons: SessionEndReason[] = [];
    const stop = manager.onSessionEnd(token, (reason) => reasons.push(reason));
    stop();
    stop();
    await manager.revokeSession(sessionId);
    await settled();
    expect(reasons).to.deep.equal([]);
  });

  it('tells operators of managers with another issuer nothing', async () => {
    const clock = testClock();
    const store = new MemoryTokenStore({ clock });
    const [one, other] = ['https://one.test', 'https://other.test'].map((issuer) =>
      testManager({ store, clock, issuer }),
    ) as [JwtManager, JwtManager];
    const reasons = await watched(one, (await login(one)).token);
    await other.revokeAll('ada');
    await other.forget('ada');
    await settled();
    expect(reasons).to.deep.equal([]);
    await one.revokeAll('ada');
    expect(reasons).to.deep.equal(['revoked']);
  });

  it('survives a listener that throws or rejects, and calls the others', async () => {
    const { manager } = sessionWorld();
    const { token, sessionId } = await login(manager);
    const warnings: string[] = [];
    const note = ({ name }: Error) => warnings.push(name);
    process.on('warning', note);
    manager.onSessionEnd(token, () => {
      throw new Error('mine');
    });
    manager.onSessionEnd(token, () => Promise.reject(new Error('mine')));
    const reasons = await watched(manager, token);
    await manager.revokeSession(sessionId);
    await settled();
    process.off('warning', note);
    expect(reasons).to.deep.equal(['revoked']);
    expect(warnings).to.deep.equal(['JwtListenerWarning', 'JwtListenerWarning']);
  });

  it('still hears of this manager when the store cannot be asked or followed', async () => {
    const { manager } = sessionWorld({}, (store) => ({
      ...intervenedStore(store, (verb, ask) => {
        if (verb === 'isRevoked' && isBroken) throw new Error('gone');
        return ask();
      }),
      subscribe: () => Promise.reject(new Error('no feed')),
    }));
    let isBroken = false;
    const { token, sessionId } = await login(manager);
    isBroken = true;
    const reasons = await watched(manager, token);
    await manager.revokeSession(sessionId);
    expect(reasons).to.deep.equal(['revoked']);
  });

  it('believes a logout everywhere that the feed tells of if the store cannot be asked about it', async () => {
    let tell: (change: RevocationChange) => void = () => undefined;
    let isBroken = false;
    const { manager } = sessionWorld({}, (store) => ({
      ...intervenedStore(store, (verb, ask) => {
        if (verb === 'isRevoked' && isBroken) return Promise.reject(new Error('gone'));
        return ask();
      }),
      subscribe: (listener) => {
        tell = listener;
        return Promise.resolve(() => Promise.resolve());
      },
    }));
    const reasons = await watched(manager, (await login(manager)).token);
    const change = { kind: 'subject', subjectHash: subjectHash('ada'), notBefore: 0 } as const;
    tell(change);
    await settled();
    expect(reasons, 'the session began later').to.deep.equal([]);
    const stopped: SessionEndReason[] = [];
    const { token } = await login(manager);
    isBroken = true;
    const stop = manager.onSessionEnd(token, (reason) => stopped.push(reason));
    tell(change);
    stop();
    await settled();
    expect(reasons).to.deep.equal(['revoked']);
    expect(stopped, 'stopped while the store was asked').to.deep.equal([]);
  });

  it('is refused as a mistake without a listener, and for what is no token of this manager', async () => {
    const { manager } = sessionWorld();
    const { token } = await login(manager);
    await refusalOf(() => manager.onSessionEnd(token, undefined as never), ConfigurationError);
    const foreign = testManager({ secret: otherSecret });
    const strange = await foreign.verify(await foreign.createAccessToken('ada'));
    for (const given of [strange, undefined, 'a.b.c', {}])
      await refusalOf(() => manager.onSessionEnd(given as Token, () => undefined), TokenInvalidError);
  });

  describe('by time', () => {
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout'] });
    });
    afterEach(() => {
      mock.timers.reset();
    });

    const cases: [string, object, string][] = [
      ['of a session', {}, 'pair'],
      ['of a token that stands alone', {}, 'alone'],
      ['without a store', { store: false }, 'alone'],
    ];
    for (const [name, options, kind] of cases) {
      it(`ends with the token ${name}`, async () => {
        const { manager, clock } = sessionWorld(options);
        const text =
          kind === 'pair'
            ? (await manager.createTokenPair('ada')).access_token
            : await manager.createAccessToken('ada');
        const reasons: SessionEndReason[] = [];
        manager.onSessionEnd(await manager.verify(text), (reason) => reasons.push(reason));
        clock.advance(899.999);
        mock.timers.tick(899_999);
        expect(reasons).to.deep.equal([]);
        clock.advance(0.001);
        mock.timers.tick(1);
        expect(reasons).to.deep.equal(['expired']);
      });
    }

    it('waits until nobody accepts the token any more, for clocks that differ', async () => {
      const { manager, clock } = sessionWorld({ clockTolerance: 60 });
      const { token } = await login(manager);
      const reasons: SessionEndReason[] = [];
      manager.onSessionEnd(token, (reason) => reasons.push(reason));
      clock.advance(900);
      mock.timers.tick(900_000);
      expect(reasons).to.deep.equal([]);
      clock.advance(60);
      mock.timers.tick(60_000);
      expect(reasons).to.deep.equal(['expired']);
    });

    it('waits longer than a timer can: 90 days', async () => {
      const { manager, clock } = sessionWorld();
      const text = await manager.createAccessToken('ada', { expiresIn: '90d' });
      const reasons: SessionEndReason[] = [];
      manager.onSessionEnd(await manager.verify(text), (reason) => reasons.push(reason));
      for (let day = 0; day < 90; day++) {
        expect(reasons, String(day)).to.deep.equal([]);
        clock.advance(86_400);
        mock.timers.tick(86_400_000);
      }
      expect(reasons).to.deep.equal(['expired']);
    });

    it('ends at once when the token has expired already, and when the clock tells no time', async () => {
      let now = 1_700_000_000_000;
      for (const later of [1_700_000_900_000, NaN]) {
        now = 1_700_000_000_000;
        const { manager } = sessionWorld({ clock: () => now, store: false });
        const token = await manager.verify(await manager.createAccessToken('ada'));
        const reasons: SessionEndReason[] = [];
        if (Number.isNaN(later)) manager.onSessionEnd(token, (reason) => reasons.push(reason));
        now = later;
        if (!Number.isNaN(later)) manager.onSessionEnd(token, (reason) => reasons.push(reason));
        mock.timers.tick(900_000);
        expect(reasons).to.deep.equal(['expired']);
      }
    });
  });
});
