import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtRefreshRequired,
  JwtRequired,
  type Token,
} from '../../src';
import { describeOnDrivers, getWith, rawAnswer, startApp } from '../support/app';
import { bearer, expectAdmission, expectRefusal, openDoors, refusals, type Doors } from '../support/doors';
import { encode, forge, partsOf } from '../support/forge';
import { secret, testManager } from '../support/manager';

const { invalid, malformed, onlyAccess, onlyRefresh, expired } = refusals;

describeOnDrivers('forged tokens in a request', () => {
  const jwtManager = testManager();
  let doors: Doors;
  let good: string;
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;
  let signature: string;

  before(async () => {
    good = await jwtManager.createAccessToken('ada');
    ({ header, claims, signature } = partsOf(good));
    doors = await openDoors(jwtManager);
  });

  after(() => doors.close());

  /** A token whose signature holds, with the members given in place of its own; one that is undefined is left out. */
  const signed = (members: object, itsHeader: object = {}) =>
    forge({ ...header, ...itsHeader }, { ...claims, ...members }, secret);

  it('are told from a token that was forged with the right secret', () =>
    expectAdmission(doors, bearer(signed({}))));

  const algorithms: unknown[] = [
    'none',
    'None',
    'nOnE',
    'none ',
    '',
    undefined,
    null,
    [],
    ['HS256'],
    {},
    0,
    true,
    'hs256',
  ];

  for (const alg of algorithms) {
    it(`A1: are refused with alg ${JSON.stringify(alg) ?? 'absent'}, whatever the signature`, async () => {
      const unsigned = `${encode({ ...header, alg })}.${encode(claims)}`;
      for (const end of [
        '.',
        '.eA',
        `.${signature}`,
        forge({ ...header, alg }, claims, secret).slice(unsigned.length),
        '',
      ]) {
        await expectRefusal(doors, invalid, bearer(unsigned + end));
      }
    });
  }

  const payloads: [name: string, payload: unknown][] = [
    ['null', null],
    ['an empty array', []],
    ['an array', [1]],
    ['an array with the claims', 'claims'],
    ['a string', '"s"'],
    ['a number', 1],
    ['true', true],
    ['nothing', Buffer.alloc(0)],
    ['a space', ' '],
    ['half an object', '{'],
    ['NaN', 'NaN'],
    ['plain text', 'ada'],
    ['two objects', '{}{}'],
    ['something behind the object', '{}x'],
    ['a byte order mark', '\uFEFF{}'],
    ['a byte that is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['an empty object', {}],
  ];

  for (const [name, payload] of payloads) {
    for (const typ of ['at+jwt', 'JWT', undefined]) {
      it(`C1: are refused with ${name} as claims and typ ${typ ?? 'absent'}`, () => {
        const json = payload === 'claims' ? [claims] : payload;
        return expectRefusal(doors, invalid, bearer(forge({ ...header, typ }, json, secret)));
      });
    }
  }

  const spellings: [name: string, spell: (token: string) => string, refusal?: object][] = [
    ['one part', (token) => token.split('.')[0] ?? ''],
    ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
    ['four parts', (token) => `${token}.x`],
    ['five parts', (token) => `${token}.x.x`],
    ['an empty first part', (token) => token.replace(/^[^.]*/, '')],
    ['an empty second part', (token) => token.replace(/\..*\./, '..')],
    ['an empty third part', (token) => token.replace(/[^.]*$/, '')],
    ['a dot before it', (token) => `.${token}`],
    ['a dot behind it', (token) => `${token}.`],
    ['dots only', () => '..'],
    ['padding', (token) => `${token}=`],
    ['two signs of padding', (token) => `${token}==`],
    ['a slash', (token) => token.replace(/.$/, '/')],
    ['a plus', (token) => token.replace(/.$/, '+')],
    ['the tilde', (token) => `${token}~`],
    ['unused bits in the signature', (token) => spelledOtherwise(token)],
    ['one character less', (token) => token.slice(0, -1)],
    ['one character more', (token) => `${token}A`],
    [
      'its signature reversed',
      (token) => token.replace(/[^.]*$/, Buffer.from(signature).reverse().toString()),
    ],
    ['encoded dots', (token) => token.replaceAll('.', '%2E'), malformed],
    ['an encoded line break', (token) => `${token}%0A`, malformed],
    ['a space inside', (token) => token.replace('.', ' .'), malformed],
    ['padding inside', (token) => token.replace('.', '=.'), malformed],
    ['a tab inside', (token) => token.replace('.', '\t.'), malformed],
    ['a colon', (token) => token.replace('.', ':'), malformed],
    ['JSON', (token) => JSON.stringify({ payload: token }), malformed],
  ];

  for (const [name, spell, refusal = invalid] of spellings) {
    it(`D1: are refused when the token has ${name}`, () =>
      expectRefusal(doors, refusal as typeof invalid, bearer(spell(good))));
  }

  const large: [name: string, token: () => string][] = [
    ['1,000 nested arrays', () => forge(header, withMember(claims, nested(1000)), secret)],
    ['33 nested arrays', () => forge(header, withMember(claims, nested(33)), secret)],
    ['5,000 nested arrays', () => forge(header, withMember(claims, nested(5000)), secret)],
    ['1,000 nested arrays in the header', () => forge(withMember(header, nested(1000)), claims, secret)],
    ['2,000 roles', () => signed({ roles: Array.from({ length: 2000 }, () => 'a') })],
    ['9,000 characters of a claim', () => signed({ x: 'x'.repeat(9000) })],
  ];

  for (const [name, token] of large) {
    it(`C11: are refused with ${name}`, () => expectRefusal(doors, invalid, bearer(token())));
  }

  it('C11: do no harm with 500 claims and a __proto__', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`c${String(index)}`, 0]));
    const json = withMember({ ...claims, ...many }, '{"admin":true}', '__proto__');
    await expectAdmission(doors, bearer(forge(header, json, secret)));
    expect(({} as { admin?: unknown }).admin).to.equal(undefined);
  });

  it('C11: never reach the application when Node refuses the header for its length', async () => {
    const before = doors.runs;
    const token = signed({ roles: Array.from({ length: 100_000 }, () => 'a') });
    for (const { port, path } of doors.all) {
      expect(await rawAnswer(port, 'GET', path, bearer(token))).to.include({ status: 431 });
    }
    expect(doors.runs).to.equal(before);
  });

  it('C14: are refused when they are good tokens of another kind or for somebody else', async () => {
    const refresh = await jwtManager.createRefreshToken('ada');
    await expectRefusal(doors, onlyAccess, bearer(refresh));
    for (const typ of ['JWT', 'rt+jwt ', 'reset+jwt', 'id+jwt', 'at', undefined, null, ['at+jwt']]) {
      await expectRefusal(doors, invalid, bearer(signed({}, { typ })));
    }
    const others = {
      'a token for an audience': testManager({ audience: 'tenant-b' }),
      'a token of another secret': testManager({ secret: secret.split('').reverse().join('') }),
    };
    for (const manager of Object.values(others)) {
      await expectRefusal(doors, invalid, bearer(await manager.createAccessToken('ada')));
    }
  });

  it('C14: are refused by a tenant for whom they are not', async () => {
    const [tenantA, tenantB] = ['a', 'b'].map((name) =>
      testManager({ issuer: name, audience: `tenant-${name}` }),
    );
    const doorsOfB = await openDoors(tenantB ?? jwtManager);
    await expectRefusal(doorsOfB, invalid, bearer((await tenantA?.createAccessToken('ada')) ?? ''));
    await expectRefusal(doorsOfB, invalid, bearer(good));
    await expectAdmission(doorsOfB, bearer((await tenantB?.createAccessToken('ada')) ?? ''));
    await doorsOfB.close();
  });

  it('are called expired only when everything else holds', async () => {
    await expectRefusal(doors, expired, bearer(signed({ iat: 1000, nbf: 1000, exp: 2000 })));
    await expectRefusal(doors, invalid, bearer(`${signed({ iat: 1000, nbf: 1000, exp: 2000 })}A`));
    await expectRefusal(doors, onlyAccess, bearer(signed({ iat: 1000, exp: 2000 }, { typ: 'rt+jwt' })));
  });
});

describeOnDrivers('a refresh route', () => {
  const jwtManager = testManager();
  let doors: Doors;

  before(async () => {
    doors = await openDoors(jwtManager, JwtRefreshRequired());
  });

  after(() => doors.close());

  it('C14: refuses an access token and opens for a refresh token', async () => {
    await expectRefusal(doors, onlyRefresh, bearer(await jwtManager.createAccessToken('ada')));
    await expectAdmission(doors, bearer(await jwtManager.createRefreshToken('ada')));
  });
});

describeOnDrivers('what a method may return of a token', () => {
  @JsonController('/mirror')
  class Mirror {
    @Get('/claims')
    @JwtRequired()
    claims(@InjectToken() token: Token) {
      return { claims: token.claims, admin: ({} as { admin?: unknown }).admin ?? 'nobody' };
    }

    @Get('/token')
    @JwtRequired()
    token(@InjectToken() token: Token) {
      return token;
    }
  }

  it('C11: survives the deepest claims that a token may have, and never has the text of the token', async () => {
    const jwtManager = testManager();
    const app = await startApp({
      controllers: [Mirror],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const plain = await jwtManager.createAccessToken('ada');
    const { header, claims } = partsOf(plain);
    const x = nested(31);
    const json = withMember({ ...claims, x: JSON.parse(x) as unknown }, '{"admin":true}', '__proto__');
    const token = forge(header, json, secret);
    expect(await getWith(`${app.url}/mirror/claims`, token)).to.deep.include({
      status: 200,
      body: { claims: { x: JSON.parse(x) as unknown }, admin: 'nobody' },
    });
    const mirrored = await getWith(`${app.url}/mirror/token`, token);
    expect(mirrored).to.include({ status: 200 });
    expect(mirrored.body).to.include({ identity: 'ada', id: claims['jti'] });
    const text = JSON.stringify(mirrored.body);
    for (const part of token.split('.')) expect(text).not.to.include(part.slice(-12));
    await app.close();
  });
});

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** JSON with a member that JSON.stringify would leave out, or could not write. */
function withMember(object: object, json: string, name = 'x'): string {
  return `${JSON.stringify(object).slice(0, -1)},"${name}":${json}}`;
}

/** The same bytes with another last character: what it adds lies in bits that nobody reads (RFC 4648, section 3.5). */
function spelledOtherwise(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + (alphabet[alphabet.indexOf(token.slice(-1)) + 1] ?? '');
}
