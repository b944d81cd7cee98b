import { Allow, IsString } from 'class-validator';
import { expect } from 'chai';
import {
  ConfigurationError,
  JwtManager,
  KeySet,
  TokenExpiredError,
  TokenInvalidError,
  WrongTokenTypeError,
  type RejectedEvent,
  type TokenStore,
  type TrustedIssuer,
} from '../../src';
import { issuerToken, type IssuerTokenChanges } from '../support/issuer';
import { keyPairFor } from '../support/keys';
import { otherSecret, secret, testClock } from '../support/manager';
import { refusalOf } from '../support/rejected';

const url = 'https://login.test/realms/main';
const publicKeys = (): KeySet =>
  KeySet.fromPem(keyPairFor('RS256').publicPem, { algorithm: 'RS256', kid: 'theirs' });
const token = (changes?: IssuerTokenChanges): string => issuerToken(url, changes);

function trusting(changes: Partial<TrustedIssuer> = {}, options: object = { secret }): JwtManager {
  const issuer = { issuer: url, keys: publicKeys(), audience: 'api', ...changes };
  return new JwtManager({ trustedIssuers: [issuer], clock: testClock(), ...options });
}

async function reasonOf(jwtManager: JwtManager, text: string): Promise<string> {
  const events: RejectedEvent[] = [];
  jwtManager.on('rejected', (event) => events.push(event));
  await refusalOf(jwtManager.verify(text), TokenInvalidError);
  return events.map(({ reason }) => reason).join();
}

describe('A token of a trusted issuer', () => {
  it('is accepted as an access token, and says whose it is', async () => {
    const claims = {
      azp: 'web',
      realm_access: { roles: ['admin'] },
      auth_time: 1_767_225_000,
      acr: '1',
      amr: ['pwd'],
    };
    const verified = await trusting().verify(token({ claims }));
    expect(verified.toJSON()).to.deep.equal({
      identity: 'ada',
      id: 'theirs-1',
      type: 'access',
      claims: { azp: 'web', realm_access: { roles: ['admin'] } },
      roles: [],
      scopes: [],
      sessionId: undefined,
      issuedAt: new Date('2026-01-01T00:00:00Z'),
      expiresAt: new Date('2026-01-02T00:00:00Z'),
      authenticatedAt: new Date('2025-12-31T23:50:00Z'),
      audience: ['api'],
      issuer: url,
      actor: undefined,
      amr: ['pwd'],
      acr: '1',
    });
  });

  it('has no issuer if it is one of our own, unless the manager has one', async () => {
    const own = trusting();
    expect((await own.verify(await own.createAccessToken('ada'))).issuer).to.equal(undefined);
    const named = trusting({}, { secret, issuer: 'https://api.test' });
    expect((await named.verify(await named.createAccessToken('ada'))).issuer).to.equal('https://api.test');
  });

  it('has an id of its own without jti: a digest of the token', async () => {
    const [one, other] = [
      token({ claims: { jti: undefined } }),
      token({ claims: { jti: undefined, sub: 'bob' } }),
    ];
    const ids = await Promise.all([one, one, other].map(async (text) => (await trusting().verify(text)).id));
    expect(ids[0]).to.match(/^[\w-]{43}$/);
    expect(ids[1]).to.equal(ids[0]);
    expect(ids[2]).to.not.equal(ids[0]);
  });

  it('may live longer than our own, which have to be revocable', async () => {
    const exp = testClock()() / 1000 + 200 * 86_400;
    expect((await trusting().verify(token({ claims: { exp } }))).expiresAt).to.deep.equal(
      new Date(exp * 1000),
    );
  });

  const roles: [
    name: string,
    claims: object,
    claimsTo: TrustedIssuer['claimsTo'],
    roles: string[],
    scopes: string[],
  ][] = [
    ['roles and scope', { roles: ['a', 'b'], scope: 'x y' }, undefined, ['a', 'b'], ['x', 'y']],
    ['nothing', {}, undefined, [], []],
    ['empty ones', { roles: [], scope: '' }, undefined, [], []],
    ['a single role', { roles: 'admin' }, undefined, ['admin'], []],
    ['a list of scopes', { scope: ['x', 'y'] }, undefined, [], ['x', 'y']],
    ['an empty list of scopes', { scope: [] }, undefined, [], []],
    ['a nested list', { realm_access: { roles: ['a'] } }, { roles: ['realm_access', 'roles'] }, ['a'], []],
    [
      'a name with dots',
      { 'https://api.test/roles': ['a'], permissions: ['read:posts'] },
      { roles: 'https://api.test/roles', scopes: 'permissions' },
      ['a'],
      ['read:posts'],
    ],
    [
      'another name',
      { roles: ['a'], groups: ['b'], scope: 'x', scp: 'y z' },
      { roles: 'groups', scopes: 'scp' },
      ['b'],
      ['y', 'z'],
    ],
    ['an absent name', { roles: ['a'], scope: 'x' }, { roles: 'groups', scopes: ['scp'] }, [], []],
    ['an inherited name', {}, { roles: ['toString', 'name'], scopes: ['constructor', 'name'] }, [], []],
    ['a path through text', { realm_access: 'x' }, { roles: ['realm_access', 'length'] }, [], []],
    ['a path through a list', { realm_access: [['a']] }, { roles: ['realm_access', '0'] }, [], []],
  ];
  for (const [name, claims, claimsTo, ownRoles, scopes] of roles) {
    it(`has the roles and scopes of ${name}`, async () => {
      const verified = await trusting({ claimsTo }).verify(token({ claims }));
      expect([verified.roles, verified.scopes]).to.deep.equal([ownRoles, scopes]);
    });
  }

  const malformed: [claim: string, claims: object, claimsTo?: TrustedIssuer['claimsTo']][] = [
    ['roles', { roles: { admin: true } }],
    ['roles', { roles: 'admin', groups: [1] }, { roles: 'groups' }],
    ['roles', { roles: [['admin']] }],
    ['roles', { roles: '' }],
    ['roles', { roles: null }],
    ['scope', { scope: 7 }],
    ['scope', { scope: ' x' }],
    ['scope', { scope: ['x y'] }],
    ['scope', { scp: null }, { scopes: 'scp' }],
    ['sub', { sub: undefined }],
    ['sub', { sub: 7 }],
    ['jti', { jti: 7 }],
    ['jti', { jti: '' }],
    ['iat', { iat: undefined }],
    ['iat', { iat: 1_767_225_700 }],
    ['nbf', { nbf: 1_767_225_700 }],
    ['exp', { exp: undefined }],
    ['exp', { exp: '1767225700' }],
    ['aud', { aud: undefined }],
    ['aud', { aud: 'web' }],
    ['aud', { aud: ['web', 'https://api'] }],
    ['aud', { aud: [['api']] }],
    ['act', { act: 'bob' }],
    ['act', { act: { client_id: 'x' } }],
    ['cnf', { cnf: { jkt: 'x' } }],
    ['auth_time', { auth_time: 1_800_000_000 }],
    ['amr', { amr: 'pwd' }],
    ['acr', { acr: 1 }],
  ];
  for (const [reason, claims, claimsTo] of malformed) {
    it(`is rejected because of ${reason} with ${JSON.stringify(claims)}`, async () => {
      expect(await reasonOf(trusting({ claimsTo }), token({ claims }))).to.equal(reason);
    });
  }

  const types: [accepted: TrustedIssuer['types'], typ: unknown, isAccepted: boolean][] = [
    [undefined, 'at+jwt', true],
    [undefined, 'application/AT+JWT', true],
    [undefined, 'JWT', false],
    [undefined, undefined, false],
    [undefined, 'rt+jwt', false],
    [undefined, 'logout+jwt', false],
    ['JWT', 'jwt', true],
    ['JWT', undefined, true],
    ['JWT', 'at+jwt', false],
    ['JWT', null, false],
    ['JWT', ['JWT'], false],
    ['JWT', '', false],
    [['at+jwt', 'application/JWT'], 'at+jwt', true],
    [['at+jwt', 'application/JWT'], undefined, true],
    ['x+jwt', 'X+jwt', true],
    ['x+jwt', 'x', false],
  ];
  for (const [accepted, typ, isAccepted] of types) {
    it(`is ${isAccepted ? 'accepted' : 'rejected'} with the type ${JSON.stringify(typ)} where ${JSON.stringify(accepted)} is`, async () => {
      const jwtManager = trusting({ types: accepted });
      if (isAccepted) await jwtManager.verify(token({ header: { typ } }));
      else expect(await reasonOf(jwtManager, token({ header: { typ } }))).to.equal('typ');
    });
  }

  it('expires', async () => {
    const exp = testClock()() / 1000;
    await refusalOf(trusting().verify(token({ claims: { iat: exp - 9, exp } })), TokenExpiredError);
  });

  it('is checked against the class of the claims', async () => {
    class Claims {
      @IsString() tenant!: string;
      @Allow() other?: string;
    }
    const issuer = { issuer: url, keys: publicKeys(), audience: 'api' };
    const jwtManager = new JwtManager({ trustedIssuers: [issuer], claims: Claims, clock: testClock() });
    const verified = await jwtManager.verify(token({ claims: { tenant: 'a', azp: 'web' } }));
    expect(verified.claims).to.be.instanceOf(Claims);
    expect(JSON.stringify(verified.claims)).to.equal('{"tenant":"a"}');
    await refusalOf(jwtManager.verify(token()), TokenInvalidError);
  });

  it('cannot be refreshed or revoked, and is no refresh token', async () => {
    const jwtManager = trusting();
    const verified = await jwtManager.verify(token());
    for (const given of [token(), verified]) {
      await refusalOf(jwtManager.refresh(given), WrongTokenTypeError);
      await refusalOf(jwtManager.revoke(given), TokenInvalidError);
    }
    await refusalOf(jwtManager.verify(token(), { type: 'refresh' }), WrongTokenTypeError);
  });

  it('asks no store, whatever session it names', async () => {
    const asked: string[] = [];
    const store = new Proxy({} as TokenStore, {
      get:
        (_, verb) =>
        (...given: unknown[]) => {
          asked.push(String(verb), JSON.stringify(given));
          return true;
        },
      has: () => true,
    });
    const jwtManager = trusting({}, { secret, store });
    const verified = await jwtManager.verify(
      token({ claims: { sid: 'ours', gen: 0, sxp: 1_800_000_000, access_aud: 'api', csrf: 'x' } }),
    );
    expect(verified.sessionId).to.equal(undefined);
    expect(verified.claims).to.deep.equal({});
    jwtManager.onSessionEnd(verified, () => undefined)();
    expect(asked).to.deep.equal([]);
  });

  it('outlives a logout of our own user of the same name', async () => {
    const jwtManager = trusting();
    const reasons: string[] = [];
    jwtManager.onSessionEnd(await jwtManager.verify(token()), (reason) => reasons.push(`theirs ${reason}`));
    const own = await jwtManager.verify(await jwtManager.createAccessToken('ada'));
    jwtManager.onSessionEnd(own, (reason) => reasons.push(`ours ${reason}`));
    await jwtManager.revokeAll('ada');
    expect(reasons).to.deep.equal(['ours revoked']);
    await jwtManager.verify(token());
  });

  it('ends for onSessionEnd when it expires', async () => {
    const clock = testClock();
    const jwtManager = trusting({}, { clock });
    const verified = await jwtManager.verify(token());
    clock.advance(86_400);
    const reason = await new Promise((resolve) => jwtManager.onSessionEnd(verified, resolve));
    expect(reason).to.equal('expired');
  });
});

describe('A manager that trusts an issuer', () => {
  it('needs no key of its own to verify, and issues nothing then', async () => {
    const jwtManager = trusting({}, {});
    expect((await jwtManager.verify(token())).identity).to.equal('ada');
    await refusalOf(jwtManager.createAccessToken('ada'), ConfigurationError);
    await refusalOf(jwtManager.createTokenPair('ada'), ConfigurationError);
    for (const header of [{ kid: 'ours' }, { alg: 'none' }, { alg: 'HS256', kid: undefined }])
      await refusalOf(jwtManager.verify(token({ header })), TokenInvalidError);
    const own = await new JwtManager({ secret, clock: testClock() }).createAccessToken('ada');
    await refusalOf(jwtManager.verify(own), TokenInvalidError);
  });

  it('rejects a token of its own issuer that is signed with a key of the trusted one, and the other way round', async () => {
    const jwtManager = trusting(
      {},
      { keys: KeySet.fromSecret(secret, { kid: 'ours' }), issuer: 'https://api.test' },
    );
    expect(await reasonOf(jwtManager, issuerToken('https://api.test'))).to.equal('kid');
    const ours = new JwtManager({
      keys: KeySet.fromSecret(secret, { kid: 'theirs' }),
      issuer: url,
      audience: 'api',
      clock: testClock(),
    });
    expect(await reasonOf(jwtManager, await ours.createAccessToken('ada'))).to.equal('alg');
  });

  it('keeps keys apart that have the same name', async () => {
    const jwtManager = trusting({}, { keys: KeySet.fromSecret(secret, { kid: 'theirs' }) });
    await jwtManager.verify(token());
    await jwtManager.verify(await jwtManager.createAccessToken('ada'));
  });

  it('follows the key set of the issuer', async () => {
    const keys = publicKeys();
    const jwtManager = trusting({ keys });
    keys.rotate(await KeySet.generate('ES256'));
    await jwtManager.verify(token());
    keys.retire('theirs');
    expect(await reasonOf(jwtManager, token())).to.equal('kid');
  });

  const other = { issuer: url, audience: 'api' };
  const wrong: [name: string, options: object, message: string][] = [
    ['no list', { trustedIssuers: {} }, 'JwtManager: trustedIssuers must be a list of issuers'],
    [
      'text in the list',
      { trustedIssuers: [url] },
      'JwtManager: trustedIssuers[0]: the options must be an object, such as',
    ],
    ['an unknown option', trusted({ jwksUrl: url }), "JwtManager: trustedIssuers[0] has no option 'jwksUrl'"],
    [
      'no place for the keys',
      trusted({ keys: undefined }),
      'give exactly one of discovery, jwksUri and keys',
    ],
    ['two places', trusted({ jwksUri: url }), 'give exactly one of discovery, jwksUri and keys'],
    ['no issuer', trusted({ issuer: undefined }), 'trustedIssuers[0]: issuer must be a non-empty string'],
    ['an empty issuer', trusted({ issuer: '' }), 'issuer must be a non-empty string'],
    ['a pattern as issuer', trusted({ issuer: /login/ }), 'issuer must be a non-empty string'],
    [
      'no audience',
      trusted({ audience: undefined }),
      'trustedIssuers[0]: audience must be a non-empty string',
    ],
    ['an empty audience', trusted({ audience: [] }), 'audience must be a non-empty string'],
    ['keys that are text', trusted({ keys: 'keys' }), 'keys must be a KeySet, such as KeySet.fromJwks(…)'],
    ['algorithms for keys', trusted({ algorithms: 'RS256' }), 'algorithms must not be given with keys'],
    [
      'an unknown algorithm',
      remote({ algorithms: ['RS256', 'none'] }),
      'algorithms must be one or several of RS256, RS384',
    ],
    [
      'an algorithm for secrets',
      remote({ algorithms: 'HS256' }),
      'algorithms must be one or several of RS256, RS384',
    ],
    ['no algorithm', remote({ algorithms: [] }), 'algorithms must be one or several of'],
    [
      'http',
      remote({ jwksUri: 'http://login.test/jwks' }),
      'jwksUri must start with https://. Only addresses of this machine',
    ],
    [
      'http to a name like ours',
      remote({ jwksUri: 'http://localhost.evil.test/' }),
      'jwksUri must start with https://',
    ],
    [
      'http to a number like ours',
      remote({ jwksUri: 'http://127.0.0.1.evil.test/' }),
      'jwksUri must start with https://',
    ],
    ['a file', remote({ jwksUri: 'file:///keys.json' }), 'jwksUri must start with https://'],
    ['data', remote({ jwksUri: 'data:application/json,{}' }), 'jwksUri must start with https://'],
    [
      'a path',
      remote({ jwksUri: '/jwks' }),
      "jwksUri must be a URL, such as 'https://login.example.com/jwks.json'",
    ],
    ['a number', remote({ jwksUri: 7 }), 'jwksUri must be a URL'],
    [
      'a password',
      remote({ jwksUri: 'https://a:b@login.test/' }),
      'jwksUri must not contain a user name or password',
    ],
    [
      'a user',
      remote({ jwksUri: 'https://a@login.test/' }),
      'jwksUri must not contain a user name or password',
    ],
    ['discovery switched off', remote({ jwksUri: undefined, discovery: false }), 'discovery must be a URL'],
    [
      'discovery by http',
      remote({ jwksUri: undefined, discovery: 'http://login.test/' }),
      'discovery must start with https://',
    ],
    [
      'discovery of a name',
      { trustedIssuers: [{ issuer: 'login', audience: 'api', discovery: true }] },
      'issuer, because of discovery: true, must be a URL',
    ],
    ['refresh tokens', remote({ types: ['JWT', 'application/RT+JWT'] }), "types must not contain 'rt+jwt'"],
    ['tickets', remote({ types: 'ticket+jwt' }), "types must not contain 'ticket+jwt'"],
    ['no types', remote({ types: [] }), 'types must be a non-empty string or a non-empty list of them'],
    [
      'types that are none',
      remote({ types: ['a b'] }),
      'types must be a non-empty string or a non-empty list of them',
    ],
    ['claimsTo as a function', remote({ claimsTo: () => ({}) }), 'claimsTo: the options must be an object'],
    ['claimsTo of something else', remote({ claimsTo: { sub: 'email' } }), "claimsTo has no option 'sub'"],
    [
      'an empty path',
      remote({ claimsTo: { roles: [] } }),
      'claimsTo.roles must be the name of a claim, or a path',
    ],
    [
      'an empty name',
      remote({ claimsTo: { scopes: ['a', ''] } }),
      'claimsTo.scopes must be the name of a claim',
    ],
    ['a timeout that is too long', remote({ timeout: '2m' }), 'timeout must be between 1 and 60 seconds'],
    [
      'one issuer twice',
      {
        trustedIssuers: [
          { ...other, jwksUri: 'https://a.test' },
          { ...other, discovery: true },
        ],
      },
      `JwtManager: trustedIssuers must name each issuer once, and has '${url}' twice`,
    ],
    [
      'its own issuer',
      { ...remote({}), issuer: url },
      `trustedIssuers must not contain '${url}', which is the issuer of the`,
    ],
    [
      'its own key',
      trusted({ keys: KeySet.fromSecret(otherSecret).add(KeySet.fromSecret(secret)) }),
      `trustedIssuers must not share a key with the manager, and '${url}' does`,
    ],
    ['neither keys nor issuers', { secret: undefined, trustedIssuers: [] }, 'secret'],
    [
      'a secret and keys',
      { ...remote({}), keys: KeySet.fromSecret(secret) },
      'give either secret or keys, not both',
    ],
  ];
  for (const [name, options, message] of wrong) {
    it(`is not created with ${name}`, () => {
      expect(() => new JwtManager({ secret, ...options })).to.throw(ConfigurationError, message);
    });
  }

  for (const place of [
    'http://localhost:8080/jwks',
    'http://127.9.9.9/jwks',
    'http://[::1]:1/',
    'https://localhost/',
    'https://login.test/',
  ]) {
    it(`may have keys at ${place}`, () => {
      expect(new JwtManager({ trustedIssuers: [{ ...other, jwksUri: place }] })).to.be.instanceOf(JwtManager);
    });
  }

  function trusted(changes: object): object {
    return { trustedIssuers: [{ issuer: url, keys: publicKeys(), audience: 'api', ...changes }] };
  }

  function remote(changes: object): object {
    return {
      trustedIssuers: [{ issuer: url, jwksUri: 'https://login.test/jwks', audience: 'api', ...changes }],
    };
  }
});
