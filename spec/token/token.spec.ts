import { expect } from 'chai';
import { Token } from '../../src';
import { tokenOf } from '../../src/token/token';
import { testClock } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { ConfigurationError } from '../../src/errors/errors';

const clock = testClock();
const now = clock() / 1000;
const verified = {
  sub: 'ada',
  jti: 'token-1',
  iat: now,
  exp: now + 900,
  auth_time: now - 60,
  sid: 'session-1',
  roles: ['member'],
  scope: 'read write',
};

function token(changes: object = {}): Token {
  return tokenOf({
    type: 'access',
    verified: { ...verified, ...changes },
    claims: { email: 'ada@example.test' },
    raw: 'a.b.c',
    freshFor: 60,
    clock,
  });
}

describe('a Token', () => {
  it('says what stands in it, as text and as JSON, but for its own text', () => {
    const said = {
      identity: 'ada',
      id: 'token-1',
      type: 'access',
      claims: { email: 'ada@example.test' },
      roles: ['member'],
      scopes: ['read', 'write'],
      sessionId: 'session-1',
    };
    const times = {
      issuedAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:15:00.000Z',
      authenticatedAt: '2025-12-31T23:59:00.000Z',
    };
    expect(Object.assign({}, token())).to.deep.equal(said);
    expect(JSON.parse(JSON.stringify(token()))).to.deep.equal({ ...said, ...times, audience: [], amr: [] });
    const claims = { iss: 'https://issuer.test', aud: 'api', act: { sub: 'eve' }, amr: ['pwd'], acr: 'mfa' };
    expect(JSON.parse(JSON.stringify(token(claims)))).to.deep.equal({
      ...said,
      ...times,
      issuer: 'https://issuer.test',
      audience: ['api'],
      actor: 'eve',
      amr: ['pwd'],
      acr: 'mfa',
    });
    expect(token().raw).to.equal('a.b.c');
    expect(Object.keys(token())).not.to.include('raw');
  });

  it('has no roles, scopes, session and login where nothing is said of them', () => {
    const bare = token({ roles: undefined, scope: undefined, sid: undefined, auth_time: undefined });
    expect(bare).to.deep.include({ roles: [], scopes: [], sessionId: undefined });
    expect(bare.authenticatedAt).to.equal(undefined);
    const { issuer, audience, actor, amr, acr } = bare;
    expect([issuer, audience, actor, amr, acr]).to.deep.equal([undefined, [], undefined, [], undefined]);
    expect(bare.isFresh('3650d')).to.equal(false);
  });

  it('cannot be changed', () => {
    const frozen = token();
    for (const part of [frozen, frozen.roles, frozen.scopes]) expect(part).to.be.frozen;
    for (const name of ['identity', 'roles', 'raw', 'type', 'issuedAt', 'admin'])
      expect(Reflect.set(frozen, name, 'x')).to.equal(false);
    expect(() => (frozen.roles as string[]).push('admin')).to.throw(TypeError);
    frozen.issuedAt.setTime(0);
    expect(frozen.issuedAt.getTime()).to.equal(now * 1000);
  });

  it('has roles of its own', () => {
    const roles = ['member'];
    const own = token({ roles });
    roles.push('admin');
    expect(own.roles).to.deep.equal(['member']);
  });

  it('is fresh up to the last second of an age', async () => {
    expect([token().isFresh(), token().isFresh('1m'), token().isFresh(59)]).to.deep.equal([
      true,
      true,
      false,
    ]);
    for (const age of ['60', -1, 0.5, NaN, null, {}])
      expect((await refusalOf(() => token().isFresh(age as number), ConfigurationError)).message).to.match(
        /^maxAge/,
      );
  });

  it('is made by nobody who has the class alone', async () => {
    const parts = { type: 'access', verified, claims: {}, raw: 'a.b.c', freshFor: 60, clock };
    const Imitated = Token as unknown as new (...parts: unknown[]) => Token;
    const OfToken = token().constructor as unknown as typeof Imitated;
    for (const make of [
      () => new Imitated(),
      () => new Imitated(parts),
      () => new Imitated(parts, Symbol('verified')),
      () => new OfToken(parts),
    ]) {
      expect((await refusalOf(make, ConfigurationError)).message).to.match(/^Token: only JwtManager.verify/);
    }
    expect(Object.getOwnPropertyNames(Token)).to.have.members(['length', 'name', 'prototype']);
  });

  it('keeps the registered claims for the library', () => {
    expect(token().verifiedClaims()).to.deep.equal(verified);
  });
});
