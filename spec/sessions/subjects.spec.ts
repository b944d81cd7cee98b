import { expect } from 'chai';
import { ConfigurationError, MemoryTokenStore, type JwtManager, type Session } from '../../src';
import { intervenedStore } from '../support/later-store';
import { testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { outcomeOf, sessionIdOf, sessionWorld } from '../support/session-world';

const issuers = ['https://admin.test', 'https://shop.test', undefined];

describe('managers with different issuers on one store', () => {
  let managers: JwtManager[];
  let clock: ReturnType<typeof testClock>;

  beforeEach(() => {
    clock = testClock();
    const store = new MemoryTokenStore({ clock });
    managers = issuers.map((issuer) => testManager({ store, clock, ...(issuer && { issuer }) }));
  });

  it('do not see, end or erase each other’s sessions of the same identity', async () => {
    const logins = await Promise.all(managers.map((manager) => manager.createTokenPair('1')));
    for (const [index, manager] of managers.entries()) {
      const own = sessionIdOf(logins[index] as (typeof logins)[0]);
      expect((await manager.listSessions('1')).map(({ id, subject }) => [id, subject])).to.deep.equal([
        [own, '1'],
      ]);
      for (const other of logins.filter((_, at) => at !== index).map(sessionIdOf)) {
        expect(await manager.revokeSession(other)).to.equal(false);
        expect(await manager.revokeSession(other, { identity: '1' })).to.equal(false);
        await manager.revokeAll('1', { except: own });
      }
      expect(await outcomeOf(manager.verify(logins[index]?.access_token ?? ''))).to.equal('ok');
    }
    await managers[0]?.forget('1');
    await managers[2]?.revokeAll('1');
    const outcomes = logins.map(({ access_token }, index) =>
      outcomeOf((managers[index] as JwtManager).verify(access_token)),
    );
    expect(await Promise.all(outcomes)).to.deep.equal(['ERR_JWT_REVOKED', 'ok', 'ERR_JWT_REVOKED']);
  });

  it('do not share tokens without a session, or the limit of sessions', async () => {
    const [admin, shop] = managers as [JwtManager, JwtManager];
    const text = await admin.createAccessToken('1');
    await shop.revokeAll('1');
    expect(await outcomeOf(admin.verify(text))).to.equal('ok');
    const one = testManager({ store: new MemoryTokenStore({ clock }), clock, maxSessions: 1, issuer: 'a' });
    await one.createTokenPair('1');
    expect(await one.listSessions('1')).to.have.length(1);
  });

  it('report the identity that logged in, and no issuer, to listeners, hooks and lists', async () => {
    const rows: (Session | undefined)[] = [];
    const identities: unknown[] = [];
    const claimsFor = (identity: string, session: Session) => {
      identities.push(identity);
      rows.push(session);
      return {};
    };
    const { manager, told } = sessionWorld({ issuer: 'https://admin.test', claimsFor });
    const pair = await manager.createTokenPair('ada');
    const next = await manager.refresh(pair.refresh_token);
    await manager.refresh(pair.refresh_token);
    rows.push(...(await manager.listSessions('ada')));
    await manager.revoke(next.refresh_token);
    for (const [, event] of told) {
      identities.push(event.identity);
      if ('session' in event) rows.push(event.session);
    }
    expect(new Set(identities)).to.deep.equal(new Set(['ada']));
    expect(rows).to.have.length(6);
    for (const row of rows) {
      expect(row?.subject).to.equal('ada');
      expect(row).to.satisfy(Object.isFrozen);
    }
  });
});

describe('a row', () => {
  it('reaches nobody with more members than a session has, or the one object of the store', async () => {
    const given: object[] = [];
    const { manager } = sessionWorld({}, (store) =>
      intervenedStore(store, async (verb, ask) => {
        const answer = await ask();
        if (verb !== 'listSessions') return answer;
        const rows = (answer as Session[]).map((row) => ({ ...row, secret: 1, ip: undefined }));
        given.push(...rows);
        return rows;
      }),
    );
    await manager.createTokenPair('ada');
    const [row] = await manager.listSessions('ada');
    expect(row).not.to.equal(given[0]);
    expect(row).not.to.have.any.keys('secret', 'ip');
  });
});

describe('listSessions', () => {
  it('returns 100, newest first, and goes on after the last of a page, also when that has ended', async () => {
    const { manager, clock } = sessionWorld();
    for (let count = 0; count < 250; count++) {
      await manager.createTokenPair('ada');
      if (count % 3 === 0) clock.advance(1);
    }
    const all = await manager.listSessions('ada', { limit: 1000 });
    expect(all).to.have.length(250);
    const seen: Session[] = [];
    for (let page = await manager.listSessions('ada'); page.length > 0;) {
      expect(page.length).to.be.at.most(100);
      seen.push(...page);
      const last = page.at(-1);
      if (last && seen.length === 100) await manager.revokeSession(last.id);
      page = await manager.listSessions('ada', { after: last });
    }
    expect(seen).to.deep.equal(all);
    expect(all.map(({ createdAt }) => createdAt)).to.deep.equal(
      all.map(({ createdAt }) => createdAt).sort((one, other) => other - one),
    );
  });

  const wrong: [string, unknown][] = [
    ['limit must be a whole number from 1 to 1000', { limit: 0 }],
    ['limit must be a whole number from 1 to 1000', { limit: 1001 }],
    ['limit must be a whole number from 1 to 1000', { limit: 1.5 }],
    ['limit must be a whole number from 1 to 1000', { limit: '10' }],
    ['after must be the last session of the previous page', { after: { id: 'x' } }],
    ['after must be the last session of the previous page', { after: { id: 1, createdAt: 1 } }],
    ['after must be the last session of the previous page', { after: 'x' }],
    ['after must be the last session of the previous page', { after: null }],
    ["has no option 'page'", { page: 2 }],
  ];
  for (const [message, options] of wrong) {
    it(`is refused with ${JSON.stringify(options)}`, async () => {
      const { manager } = sessionWorld();
      const error = await refusalOf(manager.listSessions('ada', options as object), ConfigurationError);
      expect(error.message).to.include(message);
    });
  }
});

describe('revokeSession with an identity', () => {
  it('ends only a session of that identity', async () => {
    const { manager, told } = sessionWorld();
    const ada = await manager.createTokenPair('ada');
    told.splice(0);
    expect(await manager.revokeSession(sessionIdOf(ada), { identity: 'eve' })).to.equal(false);
    await manager.verify(ada.access_token);
    expect(told).to.deep.equal([]);
    expect(await manager.revokeSession(sessionIdOf(ada), { identity: 'ada' })).to.equal(true);
    expect(await manager.revokeSession(sessionIdOf(ada), { identity: 'ada' })).to.equal(false);
    expect(told).to.deep.equal([['sessionRevoked', { identity: 'ada', sessionId: sessionIdOf(ada) }]]);
  });
});

describe('forget', () => {
  it('logs out everywhere, erases the sessions, and leaves the next login alone', async () => {
    const { manager, store, told } = sessionWorld();
    const memory = store as MemoryTokenStore;
    const pairs = [];
    for (let count = 0; count < 3; count++)
      pairs.push(await manager.createTokenPair('ada', { session: { ip: '192.0.2.1' } }));
    const alone = await manager.createAccessToken('ada');
    const bob = await manager.createTokenPair('bob');
    await manager.revokeSession(sessionIdOf(pairs[0] as (typeof pairs)[0]));
    told.splice(0);
    await manager.forget('ada');
    expect(told).to.deep.equal([
      ['sessionRevoked', { identity: 'ada', sessionId: undefined, exceptSessionId: undefined }],
    ]);
    // The session of bob, and the not-before of ada.
    expect(memory.size).to.equal(2);
    for (const text of [...pairs.map(({ access_token }) => access_token), alone])
      expect(await outcomeOf(manager.verify(text))).to.equal('ERR_JWT_REVOKED');
    await manager.verify(bob.access_token);
    await manager.verify((await manager.createTokenPair('ada')).access_token);
  });
});
