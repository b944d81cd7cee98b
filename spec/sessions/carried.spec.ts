import { createHash } from 'node:crypto';
import { expect } from 'chai';
import {
  ConfigurationError,
  JwtManager,
  MemoryTokenStore,
  type IssueOptions,
  type TokenPair,
} from '../../src';
import { shardOf } from '../../src/store/shard';
import { forge, partsOf } from '../support/forge';
import { isFull } from '../support/full';
import { secret, testClock } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { claimsOf, outcomeOf, rowOf, sessionIdOf, sessionWorld, without } from '../support/session-world';

const everything: IssueOptions = {
  roles: ['member', 'clerk'],
  scopes: ['read', 'write'],
  claims: { email: 'ada@example.test', nested: { list: [1, null] } },
  audience: ['api', 'admin'],
};

/** What must be the same in every generation. */
function lasting(pair: TokenPair): object[] {
  return Object.values(claimsOf(pair)).map((claims) => without(claims, 'jti', 'iat', 'nbf', 'exp', 'gen'));
}

describe('a refresh carries over', () => {
  it('subject, roles, scopes, claims and audience, for as long as there are refreshes', async () => {
    const { manager, clock } = sessionWorld({ audience: 'api' });
    const first = await manager.createTokenPair('ada', everything);
    let pair = first;
    for (let generation = 1; generation <= 5; generation++) {
      clock.advance(3600);
      pair = await manager.refresh(pair.refresh_token);
      expect(lasting(pair)).to.deep.equal(lasting(first));
      expect(pair.scope).to.equal('read write');
      expect(claimsOf(pair).refresh).to.include({ gen: generation });
    }
    expect(await manager.verify(pair.access_token)).to.deep.include({
      identity: 'ada',
      roles: ['member', 'clerk'],
      scopes: ['read', 'write'],
      claims: everything.claims,
    });
  });

  it('an audience that is one name as one name, and none as none', async () => {
    for (const [options, audience] of [
      [{ audience: 'api' }, 'api'],
      [{}, undefined],
    ] as const) {
      const { manager } = sessionWorld(options);
      const { refresh_token: text } = await manager.createTokenPair('ada');
      expect(claimsOf(await manager.refresh(text)).access['aud']).to.equal(audience);
    }
  });

  it('the time of the login, and never renews it', async () => {
    const { manager, clock, now } = sessionWorld();
    const login = now();
    let pair = await manager.createTokenPair('ada');
    for (const age of [600, 1200]) {
      clock.advance(600);
      pair = await manager.refresh(pair.refresh_token);
      const { access, refresh } = claimsOf(pair);
      expect([access['auth_time'], refresh['auth_time']]).to.deep.equal([login, login]);
      const token = await manager.verify(pair.access_token);
      expect(token.isFresh()).to.equal(age <= 900);
    }
  });

  it('that there was no login, too', async () => {
    const { manager } = sessionWorld();
    const text = await manager.createRefreshToken('ada');
    const { access, refresh } = claimsOf(await manager.refresh(text));
    expect(access).not.to.have.property('auth_time');
    expect(refresh).not.to.have.property('auth_time');
  });

  it('no lifetime of its own: the manager says how long the next ones live', async () => {
    const { manager } = sessionWorld();
    const pair = await manager.createTokenPair('ada', { expiresIn: '1h' });
    expect(pair.expires_in).to.equal(3600);
    expect((await manager.refresh(pair.refresh_token)).expires_in).to.equal(900);
    const short = await manager.createRefreshToken('ada', { expiresIn: '1h' });
    const { exp, iat } = claimsOf(await manager.refresh(short)).refresh;
    expect(Number(exp) - Number(iat)).to.equal(30 * 86_400);
  });

  it('what the session says of its device; a refresh may say where it was seen last, but not the label', async () => {
    const world = sessionWorld();
    const { manager } = world;
    const first = await manager.createTokenPair('ada', {
      session: { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' },
    });
    const { refresh_token: second } = await manager.refresh(first.refresh_token);
    const said = { userAgent: 'Firefox', ip: '192.0.2.1', label: 'laptop' };
    expect(await rowOf(world, first)).to.include(said);
    await manager.refresh(second, { session: { userAgent: undefined, ip: '192.0.2.2', label: 'mine' } });
    expect(await rowOf(world, first)).to.include({ ...said, ip: '192.0.2.2' });
  });

  it('details of a session cut to what every store takes, without characters that databases refuse', async () => {
    const world = sessionWorld();
    const pair = await world.manager.createTokenPair('ada', {
      session: {
        userAgent: 'a\u0000b\n'.padEnd(600, 'x'),
        ip: 'i'.repeat(100),
        label: `${'l'.repeat(254)}😀`,
      },
    });
    const { userAgent, ip, label } = (await rowOf(world, pair)) ?? {};
    expect(userAgent).to.equal('a b '.padEnd(512, 'x'));
    expect(ip).to.have.length(64);
    expect(label).to.equal('l'.repeat(254));
  });

  for (const [name, session] of [
    ['a number for an address', { ip: 1 }],
    ['no text for a device', { userAgent: null }],
    ['a detail that does not exist', { device: 'x' }],
    ['a list', []],
  ] as const) {
    it(`nothing when a session is described by ${name}`, async () => {
      const { manager } = sessionWorld();
      const pair = await manager.createTokenPair('ada');
      const options = { session } as object;
      await refusalOf(manager.createTokenPair('ada', options), ConfigurationError);
      await refusalOf(manager.refresh(pair.refresh_token, options), ConfigurationError);
      expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ok');
    });
  }

  it('nothing when the options of a refresh are wrong', async () => {
    const { manager } = sessionWorld();
    const { refresh_token: text } = await manager.createTokenPair('ada');
    for (const options of [null, { scopes: ['admin'] }, { expiresIn: '1h' }]) {
      await refusalOf(manager.refresh(text, options as object), ConfigurationError);
    }
    expect(claimsOf(await manager.refresh(text)).refresh).to.include({ gen: 1 });
  });
});

describe('F14: a refresh', () => {
  it('cannot widen the scope: there is no way to ask for more', async () => {
    const { manager } = sessionWorld();
    const pair = await manager.createTokenPair('ada', { scopes: 'read', roles: 'member' });
    await refusalOf(manager.refresh(pair.refresh_token, { scopes: 'admin' } as object), ConfigurationError);
    const next = await manager.refresh(pair.refresh_token);
    expect(next.scope).to.equal('read');
    for (const claims of Object.values(claimsOf(next)))
      expect(claims).to.deep.include({ scope: 'read', roles: ['member'] });
  });

  it("is for this manager's audience and issuer only", async () => {
    const clock = testClock();
    const store = new MemoryTokenStore({ clock });
    const managerFor = (audience: string, issuer: string) =>
      new JwtManager({ secret, clock, store, audience, issuer });
    const { refresh_token: text } = await managerFor('shop', 'https://a.test').createTokenPair('ada');
    for (const [audience, issuer] of [
      ['bank', 'https://a.test'],
      ['shop', 'https://b.test'],
    ] as const) {
      const other = managerFor(audience, issuer);
      expect(await outcomeOf(other.refresh(text))).to.equal('ERR_JWT_INVALID');
      expect(await outcomeOf(other.revoke(text))).to.equal('ERR_JWT_INVALID');
    }
    expect(await outcomeOf(managerFor('shop', 'https://a.test').refresh(text))).to.equal('ok');
  });

  for (const [name, changes] of [
    ['without a jti', { jti: undefined }],
    ['with a jti that is no text', { jti: { $ne: '' } }],
    ['without a generation', { gen: undefined }],
    ['with a generation that is no number', { gen: '0' }],
    ['with a negative generation', { gen: -1 }],
    ['with half a generation', { gen: 0.5 }],
    ['with a session that is no text', { sid: ['x'] }],
  ] as const) {
    it(`takes no token ${name}, whoever signed it`, async () => {
      const { manager } = sessionWorld();
      const { header, claims } = partsOf((await manager.createTokenPair('ada')).refresh_token);
      const text = forge(header, { ...claims, ...changes }, secret);
      expect(await outcomeOf(manager.refresh(text))).to.equal('ERR_JWT_INVALID');
    });
  }

  it('of a token that names the session of somebody else is refused, and touches nobody', async () => {
    const { manager, told } = sessionWorld();
    const mine = partsOf((await manager.createTokenPair('eve')).refresh_token);
    const theirs = await manager.createTokenPair('ada');
    const text = forge(mine.header, { ...mine.claims, sid: sessionIdOf(theirs) }, secret);
    expect(await outcomeOf(manager.verify(text, { type: 'refresh' }))).to.equal('ERR_JWT_REVOKED');
    expect(told.map(([name]) => name)).not.to.include('sessionReused');
  });
});

describe('F15: the id of a refresh token', () => {
  it('follows from session and generation, and is 128 bits that look like chance', async () => {
    const { manager } = sessionWorld();
    const seen = new Set<string>();
    const rounds = isFull ? 200 : 50;
    for (let round = 0; round < rounds; round++) {
      const first = await manager.createTokenPair('ada');
      const second = await manager.refresh(first.refresh_token);
      for (const pair of [first, second]) {
        const { jti, sid, gen } = claimsOf(pair).refresh;
        const hash = createHash('sha256')
          .update(`${String(sid)}.${String(gen)}`)
          .digest();
        expect(jti).to.equal(hash.subarray(0, 16).toString('base64url'));
        expect(String(sid).slice(0, 2)).to.equal(shardOf('ada'));
        expect(Buffer.from(String(sid).slice(2), 'base64url')).to.have.length(16);
        seen.add(String(jti));
      }
      seen.add(sessionIdOf(first));
    }
    expect(seen.size).to.equal(rounds * 3);
    const bits = [...seen].flatMap((id) => [...Buffer.from(id, 'base64url')]);
    const ones = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(ones / (bits.length * 8)).to.be.within(0.48, 0.52);
  });
});

describe('F8: the absolute end of a session', () => {
  const generations = isFull ? 1000 : 100;
  it(`is the end of everything, over ${String(generations)} refreshes`, async () => {
    const { manager, clock, now } = sessionWorld({ sessionTtl: '90d', rotationGrace: 0 });
    const end = now() + 90 * 86_400;
    let pair = await manager.createTokenPair('ada');
    const step = (90 * 86_400) / generations;
    for (let generation = 1; generation < generations; generation++) {
      clock.advance(step);
      pair = await manager.refresh(pair.refresh_token);
      const { access, refresh } = claimsOf(pair);
      const [accessEnd, refreshEnd] = [Number(access['exp']), Number(refresh['exp'])];
      if (generation % 50 === 0 || generation > generations - 15) {
        expect(refreshEnd).to.equal(Math.min(now() + 30 * 86_400, end));
        expect(accessEnd).to.equal(Math.min(now() + 900, end));
        expect(pair.expires_in).to.equal(accessEnd - now());
      }
    }
    expect(claimsOf(pair).refresh).to.include({ gen: generations - 1, exp: end });
    clock.advance(step);
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ERR_JWT_EXPIRED');
    expect(await manager.listSessions('ada')).to.deep.equal([]);
  });

  it('is the end of its first tokens, too, whatever lifetime was asked for', async () => {
    const { manager, now } = sessionWorld({ sessionTtl: 600 });
    const pair = await manager.createTokenPair('ada', { expiresIn: '2h' });
    const { access, refresh } = claimsOf(pair);
    expect([access['exp'], refresh['exp'], pair.expires_in]).to.deep.equal([now() + 600, now() + 600, 600]);
    const text = await manager.createRefreshToken('ada', { expiresIn: '1d' });
    expect(partsOf(text).claims).to.include({ exp: now() + 600 });
  });

  it('is not moved by a claimsFor that asks for more', async () => {
    const { manager, clock, now } = sessionWorld({ sessionTtl: 600, claimsFor: () => ({ expiresIn: '2h' }) });
    const end = now() + 600;
    const pair = await manager.createTokenPair('ada');
    clock.advance(400);
    const next = await manager.refresh(pair.refresh_token);
    expect(next.expires_in).to.equal(200);
    expect(claimsOf(next).access).to.include({ exp: end });
  });
});

describe('F13: a clock that is set', () => {
  it('back by an hour makes no theft of a second use, and the session goes on', async () => {
    const { manager, clock } = sessionWorld({ clockTolerance: 0 });
    clock.advance(7200);
    const first = await manager.createTokenPair('ada');
    clock.advance(60);
    const second = await manager.refresh(first.refresh_token);
    clock.advance(-3600);
    // A token of the future is none; it is nobody's theft, either.
    expect(await outcomeOf(manager.refresh(first.refresh_token))).to.equal('ERR_JWT_INVALID');
    expect(await outcomeOf(manager.refresh(second.refresh_token))).to.equal('ERR_JWT_INVALID');
    clock.advance(3600);
    expect((await manager.refresh(first.refresh_token)).refresh_token).to.equal(second.refresh_token);
    expect(await outcomeOf(manager.refresh(second.refresh_token))).to.equal('ok');
  });

  it('forward by an hour ends windows and access tokens, not sessions', async () => {
    const { manager, clock } = sessionWorld();
    const pair = await manager.createTokenPair('ada');
    clock.advance(3600);
    expect(await outcomeOf(manager.verify(pair.access_token))).to.equal('ERR_JWT_EXPIRED');
    const next = await manager.refresh(pair.refresh_token);
    clock.advance(-3600);
    expect(await outcomeOf(manager.refresh(next.refresh_token))).to.equal('ERR_JWT_INVALID');
    clock.advance(3600);
    expect(await outcomeOf(manager.refresh(next.refresh_token))).to.equal('ok');
  });

  it('two minutes apart on two machines that tolerate as much: sessions go on on both', async () => {
    const clock = testClock();
    const store = new MemoryTokenStore({ clock });
    const options = { secret, store, clockTolerance: 120 };
    const late = new JwtManager({ ...options, clock });
    const early = new JwtManager({ ...options, clock: () => clock() + 120_000 });
    let pair = await late.createTokenPair('ada');
    for (let round = 0; round < 4; round++) {
      const manager = round % 2 === 0 ? early : late;
      const next = await manager.refresh(pair.refresh_token);
      // The other machine's second tab.
      const other = manager === early ? late : early;
      if (manager === early) {
        const again = await other.refresh(pair.refresh_token);
        expect(again.refresh_token).to.equal(next.refresh_token);
      }
      await other.verify(next.access_token);
      pair = next;
      clock.advance(30);
    }
  });

  it('to a time that is none is a mistake of the server, and revokes nothing', async () => {
    let now = 1_700_000_000_000;
    const { manager } = sessionWorld({ clock: () => now });
    const pair = await manager.createTokenPair('ada');
    now = NaN;
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ERR_JWT_CONFIGURATION');
    now = 1_700_000_001_000;
    expect(await outcomeOf(manager.refresh(pair.refresh_token))).to.equal('ok');
  });
});
