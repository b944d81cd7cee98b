import { expect } from 'chai';
import { ConfigurationError, TokenInvalidError, type IssueOptions, type RejectedEvent } from '../../src';
import { registeredClaims } from '../../src/claims/registered';
import { forge, partsOf } from '../support/forge';
import { secret, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { claimsOf, sessionWorld } from '../support/session-world';

const login: IssueOptions = {
  roles: 'member',
  scopes: 'read write',
  amr: ['pwd', 'otp'],
  acr: 'mfa',
  actor: 'support-7',
  clientId: 'mobile',
};
const written = {
  roles: ['member'],
  scope: 'read write',
  amr: ['pwd', 'otp'],
  acr: 'mfa',
  act: { sub: 'support-7' },
  client_id: 'mobile',
};

describe('Registered claims', () => {
  it('are written by the options at issue, and read by the token', async () => {
    const manager = testManager({ issuer: 'https://issuer.test', audience: ['api', 'admin'] });
    const text = await manager.createAccessToken('ada', login);
    expect(partsOf(text).claims).to.deep.include(written);
    const token = await manager.verify(text);
    const { issuer, audience, actor, amr, acr } = token;
    expect({ issuer, audience, actor, amr, acr }).to.deep.equal({
      issuer: 'https://issuer.test',
      audience: ['api', 'admin'],
      actor: 'support-7',
      amr: ['pwd', 'otp'],
      acr: 'mfa',
    });
    for (const list of [audience, amr]) expect(list).to.be.frozen;
  });

  it('are left out where nothing is given', async () => {
    const text = await testManager().createAccessToken('ada', { roles: [], scopes: [], amr: [] });
    expect(partsOf(text).claims).to.have.all.keys('sub', 'jti', 'iat', 'nbf', 'exp');
  });

  const wrong: [options: object, says: string][] = [
    [{ amr: 'pwd\0' }, 'amr must be a non-empty string or a non-empty list of them'],
    [{ amr: [1] }, 'amr must be a non-empty string or a non-empty list of them'],
    [{ acr: '' }, 'acr must be a string of printable ASCII without spaces and quotes'],
    [{ acr: 'two words' }, 'acr must be a string of printable ASCII without spaces and quotes'],
    [{ acr: ['mfa'] }, 'acr must be a string of printable ASCII without spaces and quotes'],
    [{ actor: '' }, 'actor must be a string of 1 to 255 characters without control characters'],
    [{ actor: { sub: 'eve' } }, 'actor must be a string of 1 to 255 characters without control characters'],
    [{ clientId: 7 }, 'clientId must be a string of 1 to 255 characters without control characters'],
  ];
  for (const [options, says] of wrong) {
    it(`are refused at issue as ${JSON.stringify(options)}`, async () => {
      const manager = testManager();
      for (const create of ['createAccessToken', 'createRefreshToken', 'createTokenPair'] as const) {
        const error = await refusalOf(manager[create]('ada', options), ConfigurationError);
        expect(error.message).to.equal(`${create}: ${says}`);
      }
    });
  }

  const malformed: Record<string, unknown[]> = {
    amr: ['pwd', [1], [''], {}, null],
    acr: ['', 1, ['mfa'], null],
    act: ['eve', {}, { sub: '' }, { sub: 1 }, ['eve'], null],
    client_id: ['', 1, ['app'], null],
    cnf: ['x', {}, [], null, { jkt: 'x' }],
    csrf: [1, '', {}],
    access_aud: ['x', ['x']],
    gen: [0, -1],
    sxp: [0],
  };
  for (const [name, values] of Object.entries(malformed)) {
    it(`make a token invalid where ${name} is malformed or has no place`, async () => {
      const clock = testClock();
      const manager = testManager({ clock });
      const events: RejectedEvent[] = [];
      manager.on('rejected', (event) => events.push(event));
      const now = clock() / 1000;
      const claims = { sub: 'ada', jti: 'token-1', iat: now, exp: now + 900 };
      for (const value of values) {
        const text = forge({ alg: 'HS256', typ: 'at+jwt' }, { ...claims, [name]: value }, secret);
        await refusalOf(manager.verify(text), TokenInvalidError);
      }
      expect(events.map(({ reason }) => reason)).to.deep.equal(values.map(() => name));
    });
  }
});

describe('A refresh and registered claims', () => {
  it('carries over all that are not of one token alone', async () => {
    const { manager, clock } = sessionWorld();
    let pair = await manager.createTokenPair('ada', login);
    const first = claimsOf(pair).refresh;
    const carried = Object.entries(registeredClaims).filter(([, { lasts }]) => lasts !== 'token');
    const expected = carried.map(([name]) => [name, first[name]]);
    expect(Object.fromEntries(expected)).to.deep.include(written);
    for (let generation = 1; generation <= 3; generation++) {
      clock.advance(60);
      pair = await manager.refresh(pair.refresh_token);
      for (const claims of Object.values(claimsOf(pair)))
        expect(carried.map(([name]) => [name, claims[name]])).to.deep.equal(expected);
    }
  });

  it('forgets how the user logged in when they have proved who they are again, unless it is said', async () => {
    const { manager, clock, now } = sessionWorld();
    const first = await manager.createTokenPair('ada', login);
    clock.advance(60);
    const byPassword = await manager.refresh(first.refresh_token, { fresh: true });
    const { act, client_id, scope } = written;
    for (const claims of Object.values(claimsOf(byPassword))) {
      expect(claims).to.deep.include({ auth_time: now(), act, client_id, scope, roles: ['member'] });
      expect(claims).not.to.have.any.keys('amr', 'acr');
    }
    clock.advance(60);
    const options = { fresh: true, amr: 'hwk', acr: 'phr' } as const;
    const byKey = await manager.refresh(byPassword.refresh_token, options);
    for (const claims of Object.values(claimsOf(byKey)))
      expect(claims).to.deep.include({ auth_time: now(), amr: ['hwk'], acr: 'phr', act, client_id });
  });

  for (const options of [{ amr: 'pwd' }, { acr: 'mfa' }, { acr: 'mfa', fresh: false }]) {
    it(`takes no ${JSON.stringify(options)} without a new proof`, async () => {
      const { manager } = sessionWorld();
      const { refresh_token: text } = await manager.createTokenPair('ada');
      const error = await refusalOf(manager.refresh(text, options), ConfigurationError);
      expect(error.message).to.equal(
        'refresh: amr and acr need fresh: true, because the user must have authenticated again',
      );
      expect((await manager.refresh(text)).token_type).to.equal('Bearer');
    });
  }

  it('keeps the actor and the client whatever claimsFor leaves out, and the login whatever it says', async () => {
    const answers: IssueOptions[] = [
      { scopes: 'read' },
      { amr: 'none', acr: 'none', fresh: true, clientId: 'web' },
    ];
    const { manager, clock, now } = sessionWorld({ claimsFor: () => answers.shift() ?? null });
    const start = now();
    const first = await manager.createTokenPair('ada', login);
    const { amr, acr, act } = written;
    clock.advance(60);
    const second = await manager.refresh(first.refresh_token);
    for (const claims of Object.values(claimsOf(second))) {
      expect(claims).to.deep.include({ amr, acr, act, auth_time: start, client_id: 'mobile', scope: 'read' });
      expect(claims).not.to.have.property('roles');
    }
    clock.advance(60);
    const third = await manager.refresh(second.refresh_token);
    for (const claims of Object.values(claimsOf(third)))
      expect(claims).to.deep.include({ amr, acr, act, auth_time: start, client_id: 'web' });
  });
});

describe('The actor of a token', () => {
  it('is named by the events about it', async () => {
    const { manager, told } = sessionWorld({ rotationGrace: 0 });
    const issued: unknown[] = [];
    manager.on('issued', ({ actor }) => issued.push(actor));
    const first = await manager.createTokenPair('ada', { actor: 'support-7' });
    await manager.refresh(first.refresh_token);
    await refusalOf(manager.refresh(first.refresh_token), Error);
    expect(issued).to.deep.equal(Array(4).fill('support-7'));
    expect(told.map(([name, event]) => [name, 'actor' in event && event.actor])).to.deep.equal([
      ['sessionCreated', 'support-7'],
      ['sessionRotated', 'support-7'],
      ['sessionReused', 'support-7'],
      ['rejected', 'support-7'],
    ]);
  });

  it('is named where a signed token is rejected before it is one', async () => {
    const { manager, told, clock } = sessionWorld();
    const text = await manager.createAccessToken('ada', { actor: 'support-7' });
    clock.advance(3600);
    await refusalOf(manager.verify(text), Error);
    expect(told.map(([, event]) => 'actor' in event && event.actor)).to.deep.equal(['support-7']);
  });

  it('is absent from the events about anyone in person', async () => {
    const { manager, told } = sessionWorld({ rotationGrace: 0 });
    const first = await manager.createTokenPair('ada');
    await manager.refresh(first.refresh_token);
    await refusalOf(manager.refresh(first.refresh_token), Error);
    for (const [, event] of told) expect(event).not.to.have.property('actor');
  });
});
