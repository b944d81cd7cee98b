import { expect } from 'chai';
import { IsEmail } from 'class-validator';
import { JwtManager, type TokenPair, type TokenStore } from '../../src';
import { ConfigurationError, InvalidRequestError, TokenInvalidError } from '../../src/errors/errors';
import { intervenedStore, laterStore } from '../support/later-store';
import { forge, partsOf } from '../support/forge';
import { otherSecret, secret, startOfTime, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { claimsOf, expectDead, outcomeOf, sessionIdOf, sessionWorld } from '../support/session-world';

const dead = 'ERR_JWT_REVOKED';

const stores: Record<string, (store: TokenStore) => TokenStore> = {
  'at once': (store) => store,
  later: laterStore,
};

for (const [when, around] of Object.entries(stores)) {
  const world = () => sessionWorld({}, around);

  describe(`revoke, with a store that answers ${when}`, () => {
    it('kills one access token and nothing else, as often as it is called', async () => {
      const { manager } = world();
      const pair = await manager.createTokenPair('ada');
      const alone = await manager.createAccessToken('ada');
      const other = await manager.createAccessToken('ada');
      for (const token of [pair.access_token, alone]) {
        for (let time = 0; time < 2; time++) await manager.revoke(token);
        expect(await outcomeOf(manager.verify(token))).to.equal(dead);
      }
      await manager.verify(other);
      const next = await manager.refresh(pair.refresh_token);
      await manager.verify(next.access_token);
    });

    it('ends the session of a refresh token, and says so once (RFC 7009, section 2.1)', async () => {
      const w = world();
      const { manager, told } = w;
      const pair = await manager.createTokenPair('ada');
      const other = await manager.createTokenPair('ada');
      told.splice(0);
      for (let time = 0; time < 2; time++) await manager.revoke(pair.refresh_token);
      expect(told).to.deep.equal([['sessionRevoked', { identity: 'ada', sessionId: sessionIdOf(pair) }]]);
      await expectDead(w, pair);
      await manager.verify(other.access_token);
    });

    for (const [name, age, seconds] of [
      ['consumed', 1, 11],
      ['consumed long ago', 3, 11],
      ['expired', 1, 30 * 86_400 - 5],
    ] as const) {
      it(`ends the session of a refresh token that was ${name}, and no theft is told`, async () => {
        const w = world();
        const { manager, clock, told } = w;
        const first = await manager.createTokenPair('ada');
        let last = first;
        clock.advance(10);
        for (let count = 0; count < age; count++) last = await manager.refresh(last.refresh_token);
        clock.advance(seconds);
        told.splice(0);
        await manager.revoke(first.refresh_token);
        expect(told.map(([event]) => event)).to.deep.equal(['sessionRevoked']);
        if (name !== 'expired') await manager.verify(last.access_token).catch(() => undefined);
        expect(await outcomeOf(manager.refresh(last.refresh_token))).to.equal(dead);
      });
    }

    it('ends no session of a refresh token that names the session of somebody else', async () => {
      const { manager } = world();
      const { header, claims } = partsOf(await manager.createRefreshToken('eve'));
      const ada = await manager.createTokenPair('ada');
      await manager.revoke(forge(header, { ...claims, sid: sessionIdOf(ada) }, secret));
      await manager.verify(ada.access_token);
    });

    it('takes a token whose claims do not fit their class any more', async () => {
      const { clock, store } = world();
      class UserClaims {
        @IsEmail()
        email!: string;
      }
      const pair = await testManager({ clock, store }).createTokenPair('ada');
      const strict = new JwtManager({ secret, clock, store, claims: UserClaims });
      await refusalOf(strict.verify(pair.access_token), TokenInvalidError);
      await strict.revoke(pair.refresh_token);
      expect(await outcomeOf(testManager({ clock, store }).verify(pair.access_token))).to.equal(dead);
    });

    it('takes the verified token as well as its text', async () => {
      const { manager } = world();
      const token = await manager.verify(await manager.createAccessToken('ada'));
      await manager.revoke(token);
      expect(await outcomeOf(manager.verify(token.raw))).to.equal(dead);
    });

    it('leaves a token alone that is over', async () => {
      const { manager, clock } = world();
      const token = await manager.createAccessToken('ada');
      const verified = await manager.verify(token);
      clock.advance(900);
      await manager.revoke(token);
      await manager.revoke(verified);
    });

    it('refuses what is no token of this manager', async () => {
      const { manager, clock } = world();
      const foreign = testManager({ secret: otherSecret, clock });
      const token = await foreign.verify(await foreign.createAccessToken('ada'));
      for (const given of [token, token.raw, 'a.b.c', '']) {
        await refusalOf(manager.revoke(given), TokenInvalidError);
      }
      await foreign.verify(token.raw);
    });

    it('answers a token that is missing or no text as refresh does', async () => {
      const { manager } = world();
      for (const given of [undefined, null, 1, true, {}, [], { raw: 'a.b.c' }] as unknown[] as string[]) {
        for (const attempt of [manager.revoke(given), manager.refresh(given)]) {
          const error = await refusalOf(attempt, InvalidRequestError);
          expect(error.toJSON()).to.deep.equal({ msg: 'Malformed token parameter', code: 'ERR_JWT_REQUEST' });
        }
        const error = await refusalOf(manager.verify(given), TokenInvalidError);
        expect(error.toJSON()).to.deep.equal({ msg: 'Token is invalid', code: 'ERR_JWT_INVALID' });
        await refusalOf(manager.revokeSession(given), ConfigurationError);
        await refusalOf(manager.revokeAll(given), ConfigurationError);
        await refusalOf(manager.listSessions(given), ConfigurationError);
      }
    });
  });

  describe(`revokeSession, with a store that answers ${when}`, () => {
    it('kills both tokens of every generation at once, and says true once', async () => {
      const w = world();
      const first = await w.manager.createTokenPair('ada');
      const second = await w.manager.refresh(first.refresh_token);
      const other = await w.manager.createTokenPair('ada');
      const answers = [];
      for (let time = 0; time < 3; time++) answers.push(await w.manager.revokeSession(sessionIdOf(first)));
      expect(answers).to.deep.equal([true, false, false]);
      await expectDead(w, first, second);
      await w.manager.verify(other.access_token);
      expect(await outcomeOf(w.manager.refresh(other.refresh_token))).to.equal('ok');
    });

    it('says false for a session that nobody knows, or that is over', async () => {
      const { manager, clock } = sessionWorld({ sessionTtl: 60 }, around);
      const pair = await manager.createTokenPair('ada');
      expect(await manager.revokeSession('nobody')).to.equal(false);
      clock.advance(60);
      expect(await manager.revokeSession(sessionIdOf(pair))).to.equal(false);
    });

    it('says true to one of many who call at once', async () => {
      const { manager, told } = world();
      const id = sessionIdOf(await manager.createTokenPair('ada'));
      const answers = await Promise.all(Array.from({ length: 10 }, () => manager.revokeSession(id)));
      expect(answers.filter(Boolean)).to.have.length(1);
      expect(told.filter(([name]) => name === 'sessionRevoked')).to.have.length(1);
    });
  });

  describe(`revokeAll, with a store that answers ${when}`, () => {
    it('kills all sessions and all tokens without one, and nobody else’s', async () => {
      const w = world();
      const { manager, clock } = w;
      const pairs = [await manager.createTokenPair('ada'), await manager.createTokenPair('ada')];
      const alone = await manager.createAccessToken('ada');
      const bob = await manager.createTokenPair('bob');
      clock.advance(5);
      for (let time = 0; time < 2; time++) await manager.revokeAll('ada');
      await expectDead(w, ...pairs);
      expect(await outcomeOf(manager.verify(alone))).to.equal(dead);
      await manager.verify(bob.access_token);
      expect(await outcomeOf(manager.refresh(bob.refresh_token))).to.equal('ok');
      expect(await manager.listSessions('ada')).to.deep.equal([]);
    });

    it('spares one session, with both of its tokens', async () => {
      const w = world();
      const { manager } = w;
      const kept = await manager.createTokenPair('ada');
      const others = [await manager.createTokenPair('ada'), await manager.createTokenPair('ada')];
      const alone = await manager.createAccessToken('ada');
      await manager.revokeAll('ada', { except: sessionIdOf(kept) });
      await expectDead(w, ...others);
      expect(await outcomeOf(manager.verify(alone))).to.equal(dead);
      await manager.verify(kept.access_token);
      const next = await manager.refresh(kept.refresh_token);
      await manager.verify(next.access_token);
    });

    it('spares nothing when the session to be spared is of somebody else, and does not touch it', async () => {
      const w = world();
      const { manager } = w;
      const ada = await manager.createTokenPair('ada');
      const bob = await manager.createTokenPair('bob');
      await manager.revokeAll('ada', { except: sessionIdOf(bob) });
      await expectDead(w, ada);
      await manager.verify(bob.access_token);
    });

    it('is exact within a second: older tokens are dead, a login of the same second works', async () => {
      const w = world();
      const { manager, clock } = w;
      const older: TokenPair[] = [await manager.createTokenPair('ada')];
      clock.advance(0.4);
      older.push(await manager.createTokenPair('ada'));
      const alone = await manager.createAccessToken('ada');
      clock.advance(0.2);
      await manager.revokeAll('ada');
      const login = await manager.createTokenPair('ada');
      expect(claimsOf(login).access['iat']).to.equal(claimsOf(older[0] ?? login).access['iat']);
      await expectDead(w, ...older);
      expect(await outcomeOf(manager.verify(alone))).to.equal(dead);
      await manager.verify(login.access_token);
      const next = await manager.refresh(login.refresh_token);
      await manager.verify(next.access_token);
      expect(await outcomeOf(manager.refresh(next.refresh_token))).to.equal('ok');
    });

    for (const [clockTolerance, seconds] of [
      [undefined, 5],
      [0, 0],
      [60, 60],
    ] as const) {
      it(`kills tokens without a session dated up to ${String(seconds)} s ahead, as far as clocks may differ`, async () => {
        const { manager, clock } = sessionWorld({ clockTolerance }, around);
        await manager.revokeAll('ada');
        clock.advance(seconds);
        expect(await outcomeOf(manager.verify(await manager.createAccessToken('ada')))).to.equal(dead);
        clock.advance(1);
        await manager.verify(await manager.createAccessToken('ada'));
      });
    }
  });

  describe(`listSessions, with a store that answers ${when}`, () => {
    it('says what a list of devices needs, of those that are alive', async () => {
      const { manager, clock, now } = world();
      const start = now();
      const first = await manager.createTokenPair('ada', {
        session: { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' },
      });
      clock.advance(10);
      const bare = await manager.createTokenPair('ada');
      const gone = await manager.createTokenPair('ada');
      await manager.createTokenPair('bob');
      await manager.revokeSession(sessionIdOf(gone));
      clock.advance(50);
      await manager.refresh(first.refresh_token, { session: { userAgent: 'Firefox 2', ip: '192.0.2.9' } });
      const known = { subject: 'ada' };
      expect(await manager.listSessions('ada')).to.deep.equal([
        {
          ...known,
          id: sessionIdOf(bare),
          generation: 0,
          rotatedAt: start + 10,
          createdAt: start + 10,
          lastUsedAt: start + 10,
          expiresAt: start + 10 + 30 * 86_400,
        },
        {
          ...known,
          id: sessionIdOf(first),
          generation: 1,
          rotatedAt: start + 60,
          createdAt: start,
          lastUsedAt: start + 60,
          expiresAt: start + 60 + 30 * 86_400,
          userAgent: 'Firefox 2',
          ip: '192.0.2.9',
          label: 'laptop',
        },
      ]);
      expect(await manager.listSessions('nobody')).to.deep.equal([]);
    });

    it('does not count a verified access token as use', async () => {
      const { manager, clock, now } = world();
      const { access_token: text } = await manager.createTokenPair('ada');
      const start = now();
      clock.advance(30);
      await manager.verify(text);
      const [session] = await manager.listSessions('ada');
      expect(session?.lastUsedAt).to.equal(start);
    });
  });
}

describe('a store is told until when a logout matters', () => {
  async function askedOf(
    options: object,
    act: (manager: JwtManager) => Promise<unknown>,
  ): Promise<unknown[]> {
    const asked: unknown[] = [];
    const { manager } = sessionWorld(options, (store) =>
      intervenedStore(store, (verb, ask, args) => {
        if (['revokeToken', 'revokeSubject', 'forgetSubject'].includes(verb))
          asked.push([verb, ...args.slice(0, -1)]);
        return ask();
      }),
    );
    await act(manager);
    return asked;
  }

  const now = startOfTime / 1000;

  it('of one token: until nobody accepts it, for clocks that differ, too', async () => {
    let id = '';
    const asked = await askedOf({ clockTolerance: 60 }, async (manager) => {
      const token = await manager.verify(await manager.createAccessToken('ada'));
      id = token.id;
      await manager.revoke(token);
    });
    const revocation = { jti: id, subject: 'ada', now, expiresAt: now + 900 + 60 };
    expect(asked).to.deep.equal([['revokeToken', revocation]]);
  });

  it('everywhere: until the longest token that there can be is over', async () => {
    const days = 86_400;
    for (const [options, tolerances, longest] of [
      [{}, [5, 0], 90 * days],
      [{ clockTolerance: 60 }, [60, 60], 90 * days],
      [{ refreshTokenTtl: '120d' }, [5, 0], 120 * days],
      [{ accessTokenTtl: '1h', refreshTokenTtl: '2h', sessionTtl: '3h' }, [5, 0], 10_800],
    ] as const) {
      const notBefore = now + tolerances[0];
      const times = { notBefore, keepUntil: notBefore + longest + tolerances[1] };
      const asked = await askedOf(options, async (manager) => {
        await manager.revokeAll('ada', { except: 'this' });
        await manager.forget('ada');
      });
      expect(asked).to.deep.equal([
        ['revokeSubject', 'ada', now, { exceptSessionId: 'this', ...times }],
        ['forgetSubject', 'ada', now, times],
      ]);
    }
  });
});

describe('a logout is refused as a mistake', () => {
  const { manager } = sessionWorld();
  const nobody: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 1],
    ['an object', { id: 'x' }],
    ['a list', ['ada']],
    ['text that is too long', 'x'.repeat(256)],
    ['text with a control character', 'a\u0000'],
  ];
  for (const [name, given] of nobody) {
    const text = given as string;
    const calls: [string, () => Promise<unknown>, string][] = [
      [
        'revokeSession',
        () => manager.revokeSession(text),
        'the session id must be a string, such as token.sessionId',
      ],
      ['revokeAll', () => manager.revokeAll(text), 'identity must be a string, such as token.identity'],
      ['listSessions', () => manager.listSessions(text), 'identity must be a string, such as token.identity'],
      ['forget', () => manager.forget(text), 'identity must be a string, such as token.identity'],
    ];
    if (given !== undefined) {
      const all = () => manager.revokeAll('ada', { except: text });
      calls.push(['revokeAll but', all, 'except must be a string, such as token.sessionId']);
    }
    for (const [call, attempt, message] of calls) {
      it(`when ${call} is given ${name}`, async () => {
        expect((await refusalOf(attempt, ConfigurationError)).message).to.equal(message);
      });
    }
  }

  it('when revokeAll is given options that it does not have', async () => {
    for (const options of [null, 'session', { exceptSessionId: 'x' }]) {
      await refusalOf(manager.revokeAll('ada', options as object), ConfigurationError);
    }
  });

  it('but not when there is nothing to spare: a token without a session', async () => {
    await manager.revokeAll('ada', { except: undefined });
  });
});
