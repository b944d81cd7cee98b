import { expect } from 'chai';
import { ConfigurationError, TokenExpiredError, WrongTokenTypeError } from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { partsOf } from '../support/forge';
import { otherSecret, secret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { expectInvalid, expectTaken, keysFor, signToken, targetFor } from '../support/target';

describe('C14: tokens that were made for something else', () => {
  it('opens nothing with a refresh token but what asks for one, and the other way round', async () => {
    const manager = testManager();
    const pair = await manager.createTokenPair('ada', { roles: 'admin', claims: { token: 'access' } });
    for (const [text, type] of [
      [pair.access_token, 'refresh'],
      [pair.refresh_token, 'access'],
    ] as const) {
      const error = await refusalOf(manager.verify(text, { type }), WrongTokenTypeError);
      expect(error.toJSON()).to.deep.equal({ msg: `Only ${type} tokens are allowed`, code: 'ERR_JWT_TYPE' });
      expect(reasonFor(error).reason).to.equal('typ');
    }
    await refusalOf(manager.verify(pair.refresh_token), WrongTokenTypeError);
  });

  it('takes no misspelt wish for a wish', async () => {
    const manager = testManager();
    const access = await manager.createAccessToken('ada');
    const wishes: unknown[] = [null, 'refresh', [], { typ: 'refresh' }, { type: 'refresh', aud: 'x' }];
    for (const expected of [...wishes, { type: 'Refresh' }, { type: ['refresh'] }, { type: null }])
      await refusalOf(manager.verify(access, expected as object), ConfigurationError);
    await expectTaken(manager, access);
  });

  it('goes by the header alone, whatever the claims say about the type', async () => {
    const target = targetFor('HS256');
    const claims = target.claims({ type: 'access', kind: 'access', use: 'access', refresh: false });
    const refresh = target.sign(target.header({ typ: 'rt+jwt' }), claims);
    await refusalOf(target.manager.verify(refresh), WrongTokenTypeError);
    const access = target.sign(target.header(), target.claims({ type: 'refresh' }));
    await refusalOf(target.manager.verify(access, { type: 'refresh' }), WrongTokenTypeError);
  });

  it('cannot be talked into the other type by a changed header', async () => {
    for (const algorithm of ['HS256', 'ES256', 'RS256'] as const) {
      const { manager } = targetFor(algorithm);
      const { access_token: access, refresh_token: refresh } = await manager.createTokenPair('ada');
      const [, ...rest] = refresh.split('.');
      await expectInvalid(manager, [access.split('.')[0], ...rest].join('.'), 'signature');
    }
  });

  it('says the wrong type of a good token only', async () => {
    const target = targetFor('HS256');
    const header = target.header({ typ: 'rt+jwt' });
    const forged = signToken('HS256', header, target.claims(), 'another secret');
    await expectInvalid(target.manager, forged, 'signature');
    const error = await refusalOf(
      target.manager.verify(
        target.sign(header, target.claims({ exp: target.now - 1, iat: target.now - 9 })),
        {
          type: 'refresh',
        },
      ),
      TokenExpiredError,
    );
    expect(error.code).to.equal('ERR_JWT_EXPIRED');
  });

  const foreign: [string, object, object][] = [
    ['an ID token (OpenID Connect)', { typ: 'JWT' }, { aud: 'client', nonce: 'n' }],
    ['an ID token without a type', { typ: undefined }, { aud: 'client' }],
    ['a logout token', { typ: 'logout+jwt' }, { events: {}, sid: 'session-1' }],
    ['a security event', { typ: 'secevent+jwt' }, { events: {} }],
    ['a proof of possession', { typ: 'dpop+jwt' }, { htm: 'GET', htu: 'https://api.test/' }],
    ['a client assertion', { typ: 'client-authentication+jwt' }, { iss: 'ada', aud: 'https://idp.test' }],
    ['a reset token', { typ: 'reset+jwt' }, { purpose: 'reset-password' }],
    ['a token that verifies an address', { typ: 'JWT' }, { purpose: 'verify-email' }],
    ['a CSRF token', { typ: 'csrf+jwt' }, { csrf: 'x' }],
    ['an invitation', { typ: undefined }, { invite: 'team' }],
    ['a signed request', { typ: 'oauth-authz-req+jwt' }, {}],
    ['an introspection response', { typ: 'token-introspection+jwt' }, { token_introspection: {} }],
    ['a credential', { typ: 'vc+jwt' }, { vc: {} }],
  ];
  for (const [name, header, claims] of foreign) {
    it(`refuses ${name}, though our own key has signed it`, async () => {
      for (const algorithm of ['HS256', 'ES256'] as const) {
        const target = targetFor(algorithm);
        const token = target.sign(target.header(header), target.claims(claims));
        await expectInvalid(target.manager, token, 'typ');
      }
    });
  }
});

describe('C14: tokens of somebody else', () => {
  const issuers = { a: 'https://a.test', b: 'https://b.test' };

  it('are refused where tenants share a key and differ in issuer or audience', async () => {
    const keys = keysFor('ES256');
    const a = testManager({ keys, issuer: issuers.a, audience: 'a' });
    const others: [string, object, string][] = [
      ['another issuer', { issuer: issuers.b, audience: 'a' }, 'iss'],
      ['another audience', { issuer: issuers.a, audience: 'b' }, 'aud'],
      ['both', { issuer: issuers.b, audience: 'b' }, 'iss'],
      ['no audience', { issuer: issuers.a }, 'aud'],
      ['no issuer', { audience: 'a' }, 'iss'],
      ['no issuer and another audience', { audience: 'b' }, 'iss'],
    ];
    for (const [name, options, reason] of others) {
      const b = testManager({ keys, ...options });
      const pair = await a.createTokenPair('ada');
      for (const text of [pair.access_token, pair.refresh_token]) {
        expect(partsOf(text).claims['aud'], name).to.equal('a');
        await expectInvalid(b, text, reason);
        await expectTaken(a, text);
      }
    }
  });

  it('are refused where tenants have keys of their own', async () => {
    const [a, b] = [testManager({ secret }), testManager({ secret: otherSecret })];
    await expectInvalid(b, await a.createAccessToken('ada'), 'kid');
    await expectTaken(a, await a.createAccessToken('ada'));
  });

  it('are refused where tenants have keys of their own with the same name', async () => {
    const target = targetFor('HS256');
    const stranger = signToken(
      'HS256',
      target.header(),
      target.claims(),
      'a secret of the other tenant here',
    );
    await expectInvalid(target.manager, stranger, 'signature');
  });

  it('are taken for the one audience that was asked for at issue', async () => {
    const manager = testManager({ audience: ['api', 'admin'] });
    const token = await manager.createAccessToken('ada', { audience: 'admin' });
    await expectTaken(manager, token);
    await expectInvalid(testManager({ audience: 'api' }), token, 'aud');
    await expectInvalid(manager, await manager.createAccessToken('ada', { audience: 'other' }), 'aud');
  });
});
