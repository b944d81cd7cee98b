import { expect } from 'chai';
import fc from 'fast-check';
import { isIdentity, isRoleList, isScopeList } from '../../src/claims/forms';
import { faultInClaims } from '../../src/token/validate-claims';

const now = 1_767_225_600;
const good = { sub: 'ada', jti: 'token-1', iat: now, nbf: now, exp: now + 900 };
const expectations = {
  issuer: 'https://issuer.test',
  audience: ['api'],
  longestTtl: 7_776_000,
  clockTolerance: 0,
  issueTolerance: 0,
  now,
};

function faultOf(claims: object): string | undefined {
  return faultInClaims({ ...claims }, 'access', expectations);
}

describe('the registered claims', () => {
  it('are judged one after the other, expiry last', () => {
    const wrong = {
      sub: '',
      jti: 0,
      iat: -1,
      nbf: null,
      exp: 'x',
      auth_time: [],
      sid: {},
      gen: 1,
      roles: 'a',
      scope: '',
      iss: 'x',
      aud: 'x',
    };
    const right = { ...good, exp: now, iss: 'https://issuer.test', aud: 'api' };
    let claims: Record<string, unknown> = wrong;
    for (const name of Object.keys(wrong)) {
      expect(faultOf(claims)).to.equal(name);
      claims = { ...claims, [name]: (right as Record<string, unknown>)[name] };
    }
    expect(faultOf(claims)).to.equal('expired');
    expect(faultOf({ ...claims, exp: now + 1 })).to.equal(undefined);
  });

  it('are no times that a Date cannot hold', () => {
    const last = 8_640_000_000_000;
    const atTheEnd = { ...good, iat: last, nbf: last, exp: last };
    expect(new Date(last * 1000).getTime()).to.equal(last * 1000);
    const judge = (claims: object) =>
      faultInClaims({ ...claims }, 'access', {
        ...expectations,
        issuer: undefined,
        audience: undefined,
        now: last,
      });
    expect(judge(atTheEnd)).to.equal('expired');
    expect(judge({ ...atTheEnd, exp: last + 1 })).to.equal('exp');
  });

  it('are judged whatever they are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(good), 'aud', 'iss'), fc.jsonValue()),
        (claims) => {
          const fault = faultOf({ ...good, ...claims });
          expect(fault === undefined || fault === 'expired' || /^[a-z_]+$/.test(fault)).to.equal(true);
        },
      ),
    );
  });
});

describe('names in tokens', () => {
  it('are up to 255 characters without controls and without half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const isGood = text !== '' && text.length <= 255 && !/[\u0000-\u001f\u007f-\u009f]/.test(text);
        expect(isIdentity(text)).to.equal(isGood && text === Buffer.from(text).toString());
      }),
    );
    for (const text of ['\ud800', 'a\udc00', '\ud83d x', '']) expect(isIdentity(text)).to.equal(false);
  });

  it('are roles in a list of them', () => {
    expect(isRoleList([])).to.equal(true);
    expect(isRoleList(['a', 'b c'])).to.equal(true);
    for (const roles of ['a', [''], [1], { 0: 'a' }, undefined]) expect(isRoleList(roles)).to.equal(false);
  });

  it('are scopes where they are made of the characters of RFC 6749, section 3.3', () => {
    for (let code = 0; code < 256; code++) {
      const isGood = code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e);
      expect(isScopeList([`a${String.fromCharCode(code)}`]), String(code)).to.equal(isGood);
    }
    for (const scopes of ['a', [''], [1], [['a']], undefined]) expect(isScopeList(scopes)).to.equal(false);
  });
});
