import 'reflect-metadata';
import { createSecretKey } from 'node:crypto';
import { expect } from 'chai';
import {
  ConfigurationError,
  createAuthorizationChecker,
  JwtManager,
  KeySet,
  type JwtManagerOptions,
} from '../../src';
import { keyPairFor } from '../support/keys';
import { otherSecret, secret, testManager } from '../support/manager';
import { expectInvalid, expectTaken, targetFor } from '../support/target';

const rsa = keyPairFor('RS256');

describe('C7: a manager without an issuer', () => {
  const target = targetFor('HS256');
  const issuers: [string, unknown][] = [
    ['a URL', 'https://partner.test'],
    ['a word', 'partner'],
    ['empty', ''],
    ['null', null],
    ['a list', ['https://partner.test']],
    ['an empty list', []],
    ['false', false],
    ['an object', {}],
    ['undefined as text', 'undefined'],
  ];
  for (const [name, iss] of issuers) {
    it(`rejects a token whose issuer is ${name}`, () =>
      expectInvalid(target.manager, target.sign(target.header(), target.claims({ iss })), 'iss'));
  }

  it('accepts a token that names none', () =>
    expectTaken(target.manager, target.sign(target.header(), target.claims())));

  it('rejects the tokens of a manager that has one, and the other way round', async () => {
    const [plain, named] = [testManager(), testManager({ issuer: 'https://api.test' })];
    await expectInvalid(plain, await named.createAccessToken('ada'), 'iss');
    await expectInvalid(named, await plain.createAccessToken('ada'), 'iss');
  });
});

describe('C7: a key that was added', () => {
  it("speaks for the manager's own issuer only", async () => {
    const keys = await KeySet.generate('ES256');
    keys.add(KeySet.fromPem(rsa.publicPem, { algorithm: 'RS256' }));
    const previous = (issuer?: string): JwtManager =>
      new JwtManager({ keys: KeySet.fromPem(rsa.privatePem, { algorithm: 'RS256' }), issuer });
    const [own, unnamed] = [
      new JwtManager({ keys, issuer: 'https://api.test' }),
      new JwtManager({ keys, store: false }),
    ];
    const texts = {
      ours: await previous('https://api.test').createAccessToken('ada'),
      partners: await previous('https://partner.test').createAccessToken('ada'),
      unnamed: await previous().createAccessToken('ada'),
    };
    await expectInvalid(own, texts.partners, 'iss');
    await expectInvalid(own, texts.unnamed, 'iss');
    await expectInvalid(unnamed, texts.ours, 'iss');
    await expectInvalid(unnamed, texts.partners, 'iss');
    await expectTaken(unnamed, texts.unnamed);
  });
});

describe('C14: managers of one checker that accept the tokens of each other', () => {
  const verifier = (): KeySet => KeySet.fromPem(rsa.publicPem, { algorithm: 'RS256', kid: 'theirs' });
  const signer = (): KeySet => KeySet.fromPem(rsa.privatePem, { algorithm: 'RS256' });
  const shared: [string, JwtManagerOptions, JwtManagerOptions][] = [
    ['one secret', { secret }, { secret }],
    ['one secret in two forms', { secret }, { secret: createSecretKey(Buffer.from(secret)) }],
    ['one secret with two names', { keys: KeySet.fromSecret(secret, { kid: 'a' }) }, { secret }],
    [
      'one secret, for two algorithms',
      { secret },
      { keys: KeySet.fromSecret(secret, { algorithm: 'HS384' }) },
    ],
    ['one KeySet', ...both({ keys: KeySet.fromSecret(secret) })],
    ['a key pair', { keys: signer() }, { keys: signer() }],
    ['a private key and its public half', { keys: signer() }, { keys: verifier() }],
    [
      'a key that was added to one of them',
      { secret },
      { keys: KeySet.fromSecret(otherSecret).add(KeySet.fromSecret(secret)) },
    ],
    ['one secret and one issuer', ...both({ secret, issuer: 'https://api.test' })],
    ['one secret and one audience', ...both({ secret, audience: 'api' })],
    [
      'one secret and an audience of both',
      { secret, audience: ['api', 'admin'] },
      { secret, audience: ['x', 'api'] },
    ],
    [
      'one secret and audience, with other options that differ',
      { secret, accessTokenTtl: '1h' },
      { secret, accessTokenTtl: '5m', store: false },
    ],
  ];
  for (const [name, one, other] of shared) {
    it(`stop the checker: ${name}`, () => {
      const managers = { default: new JwtManager(one), admin: new JwtManager(other) };
      expect(() => createAuthorizationChecker(managers)).to.throw(
        ConfigurationError,
        "createAuthorizationChecker: the managers 'admin' and 'default' accept each other's tokens",
      );
    });
  }

  const separate: [string, JwtManagerOptions, JwtManagerOptions][] = [
    ['another secret', { secret }, { secret: otherSecret }],
    ['another kind of key', { secret }, { keys: signer() }],
    ['another issuer', { secret, issuer: 'https://a.test' }, { secret, issuer: 'https://b.test' }],
    ['an issuer and none', { secret, issuer: 'https://a.test' }, { secret }],
    ['another audience', { secret, audience: 'a' }, { secret, audience: ['b', 'c'] }],
    ['an audience and none', { secret, audience: 'a' }, { secret }],
  ];
  for (const [name, one, other] of separate) {
    it(`are told apart by ${name}`, async () => {
      const managers = { default: new JwtManager(one), admin: new JwtManager(other) };
      expect(createAuthorizationChecker(managers)).to.be.a('function');
      const text = await managers.default.createAccessToken('ada');
      await expectInvalid(managers.admin, text, ['kid', 'alg', 'signature', 'iss', 'aud']);
    });
  }

  it('may be one manager with two names', () => {
    const manager = testManager();
    expect(createAuthorizationChecker({ default: manager, alias: manager })).to.be.a('function');
  });
});

describe('C14: keys that change after the checker was created', () => {
  type Change = (keys: KeySet, given: KeySet) => unknown;
  const changes: [name: string, change: Change][] = [
    ['added', (keys, given) => keys.add(given)],
    ['rotated to', (keys, given) => keys.rotate(given)],
  ];
  const common = (): KeySet => KeySet.fromSecret(`${secret}.common`, { kid: 'common' });
  const owners = ['default', 'admin'] as const;

  for (const [name, change] of changes) {
    for (const owner of owners) {
      it(`are not ${name} where another manager of the checker has them: ${owner}`, async () => {
        const sets = { default: KeySet.fromSecret(secret), admin: KeySet.fromSecret(otherSecret) };
        const managers = {
          default: new JwtManager({ keys: sets.default }),
          admin: new JwtManager({ keys: sets.admin }),
        };
        createAuthorizationChecker(managers);
        createAuthorizationChecker(managers);
        const other = owner === 'default' ? 'admin' : 'default';
        sets[other].add(common());
        expect(() => change(sets[owner], common())).to.throw(
          ConfigurationError,
          'KeySet: a key is also one of another manager or trusted issuer',
        );
        expect(sets[owner].kids).to.have.length(1);
        const text = await new JwtManager({ keys: common() }).createAccessToken('ada');
        await expectTaken(managers[other], text);
        await expectInvalid(managers[owner], text, 'kid');
        sets[other].retire('common');
        change(sets[owner], common());
        await expectTaken(managers[owner], text);
        await expectInvalid(managers[other], text, 'kid');
      });
    }

    it(`may be ${name} where the managers differ by issuer`, () => {
      const sets = [KeySet.fromSecret(secret), KeySet.fromSecret(otherSecret)] as const;
      createAuthorizationChecker({
        default: new JwtManager({ keys: sets[0], issuer: 'https://a.test' }),
        admin: new JwtManager({ keys: sets[1], issuer: 'https://b.test' }),
      });
      for (const keys of sets) change(keys, common());
      expect(sets.map(({ kids }) => kids.length)).to.deep.equal([2, 2]);
    });

    it(`are not ${name} where a trusted issuer has them, and the other way round`, () => {
      const [own, theirs] = [KeySet.fromSecret(secret), KeySet.fromSecret(otherSecret)];
      const issuer = { issuer: 'https://partner.test', audience: 'api', keys: theirs };
      const manager = new JwtManager({ keys: own, trustedIssuers: [issuer] });
      expect(() => change(own, KeySet.fromSecret(otherSecret, { kid: 'x' }))).to.throw(
        ConfigurationError,
        'trusted issuer',
      );
      expect(() => change(theirs, KeySet.fromSecret(secret, { kid: 'x' }))).to.throw(
        ConfigurationError,
        'trusted issuer',
      );
      expect(manager).to.be.instanceOf(JwtManager);
    });
  }
});

describe('C14: managers of one checker that trust the same issuer', () => {
  const jwksUri = 'https://login.test/jwks';
  const login = (audience: string) => ({ issuer: 'https://login.test', audience, jwksUri });
  const shared: [string, JwtManagerOptions, JwtManagerOptions][] = [
    ['for one audience', { trustedIssuers: [login('api')] }, { trustedIssuers: [login('api')] }],
    [
      'which is one of them',
      { secret, issuer: 'https://login.test', audience: ['api', 'web'] },
      { trustedIssuers: [login('api')] },
    ],
    [
      'which is the other one',
      { secret, trustedIssuers: [login('web'), { ...login('x'), issuer: 'https://x.test' }] },
      { secret: otherSecret, issuer: 'https://login.test', audience: 'web' },
    ],
  ];
  for (const [name, one, other] of shared) {
    it(`stop the checker: ${name}`, () => {
      const managers = { default: new JwtManager(one), admin: new JwtManager(other) };
      expect(() => createAuthorizationChecker(managers)).to.throw(
        ConfigurationError,
        "the managers 'admin' and 'default' accept the same tokens of 'https://login.test'; give that issuer another audience",
      );
    });
  }

  it('are told apart by its audience', () => {
    const managers = {
      default: new JwtManager({ secret, trustedIssuers: [login('api')] }),
      admin: new JwtManager({ secret: otherSecret, trustedIssuers: [login('admin')] }),
      third: new JwtManager({ keys: signerOfThird(), issuer: 'https://login.test', audience: 'third' }),
    };
    expect(createAuthorizationChecker(managers)).to.be.a('function');
  });

  function signerOfThird(): KeySet {
    return KeySet.fromPem(rsa.privatePem, { algorithm: 'RS256' });
  }
});

function both<T>(options: T): [T, T] {
  return [options, options];
}
