import { expect } from 'chai';
import { KeySet, type JwtManagerOptions } from '../../src';
import { cli, useFolder } from '../support/cli';
import { jwkOf, keyPairFor } from '../support/keys';
import { otherSecret, secret, startOfTime, testClock, testManager } from '../support/manager';

const jwk = jwkOf(keyPairFor('ES256').privateKey, { alg: 'ES256', kid: 'a' });
const publicSet = JSON.stringify(KeySet.fromJwks({ keys: [jwk] }).toJwks());

function managerOf(options: Partial<JwtManagerOptions> = {}) {
  return testManager({ keys: KeySet.fromJwks({ keys: [jwk] }), clock: testClock(), ...options });
}

describe('verify', () => {
  const folder = useFolder();
  const verify = (token: string, ...line: string[]) =>
    cli(['verify', '--keys', folder.write('keys.json', publicSet), ...line], token);

  it('accepts a token of a key, by its public half', async () => {
    const { code, stdout, stderr } = await verify(await managerOf().createAccessToken('ada'));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^Valid: access token\. Whether it was revoked was not checked\.\nHeader:\n/);
    expect(stdout).to.include('  sub: "ada"');
  });

  it('is JSON for programs', async () => {
    const manager = managerOf();
    const text = await manager.createAccessToken('ada');
    const good = JSON.parse((await verify(text, '--json')).stdout) as Record<string, object>;
    expect(good).to.deep.include({ valid: true, type: 'access' });
    expect(good['header']).to.deep.equal({ alg: 'ES256', typ: 'at+jwt', kid: 'a' });
    const bad = JSON.parse((await verify(text, '--json', '--issuer', 'us')).stdout) as object;
    expect(bad).to.deep.include({
      valid: false,
      message: 'Token is invalid',
      code: 'ERR_JWT_INVALID',
      reason: 'iss',
      hint: 'The issuer is not the expected one: see --issuer.',
    });
  });

  it('accepts a token of a secret in the environment, and rejects that of another', async () => {
    const name = 'JWT_SECRET_OF_THIS_SPEC';
    const manager = testManager({ clock: testClock() });
    process.env[name] = secret;
    try {
      const text = await manager.createAccessToken('ada');
      expect((await cli(['verify', '--env', name, text])).code).to.equal(0);
      process.env[name] = otherSecret;
      const { code, stdout } = await cli(['verify', '--env', name, text]);
      expect(code).to.equal(1);
      expect(stdout).to.match(
        /^Rejected: Token is invalid \(ERR_JWT_INVALID, kid\)\. There is no key of this name/,
      );
      expect(stdout).to.include('Claims, not verified:');
    } finally {
      Reflect.deleteProperty(process.env, name);
    }
  });

  it('accepts a long-lived token, whatever lifetimes the application has', async () => {
    const manager = managerOf({ accessTokenTtl: '200d', refreshTokenTtl: '300d', sessionTtl: '400d' });
    expect((await verify(await manager.createAccessToken('ada'))).code).to.equal(0);
    const { refresh_token: text } = await manager.createTokenPair('ada');
    expect((await verify(text, '--type', 'refresh')).code).to.equal(0);
  });

  it('says what accepts a ticket', async () => {
    const ticket = await managerOf().createTicket('ada', {
      purpose: 'reset',
      expiresIn: '1h',
      reusable: true,
    });
    const { code, stdout } = await verify(ticket, '--type', 'any');
    expect(code).to.equal(1);
    expect(stdout).to.include('Tickets are accepted by redeemTicket alone.');
  });

  it('expects issuer, audience and type as a manager does', async () => {
    const manager = managerOf({ issuer: 'us', audience: ['api', 'web'] });
    const { access_token: access, refresh_token: refresh } = await manager.createTokenPair('ada');
    const ours = ['--issuer', 'us', '--audience', 'other', '--audience', 'web'];
    const outcomes: [token: string, line: string[], code: number, reason: string][] = [
      [access, ours, 0, 'Valid: access'],
      [refresh, [...ours, '--type', 'any'], 0, 'Valid: refresh'],
      [refresh, [...ours, '--type', 'refresh'], 0, 'Valid: refresh'],
      [refresh, ours, 1, 'Only access tokens are allowed (ERR_JWT_TYPE, typ). The type'],
      [access, [...ours, '--type', 'refresh'], 1, 'Only refresh tokens are allowed (ERR_JWT_TYPE, typ)'],
      [
        access,
        ['--audience', 'api'],
        1,
        '(ERR_JWT_INVALID, iss). The issuer is not the expected one: see --issuer.',
      ],
      [
        access,
        ['--issuer', 'us'],
        1,
        '(ERR_JWT_INVALID, aud). The audience is not the expected one: see --audience.',
      ],
      [`${access.slice(0, -8)}AAAAAAAA`, ours, 1, '(ERR_JWT_INVALID, signature). No key of yours'],
      [
        'garbage',
        ours,
        1,
        'Rejected: Token is invalid (ERR_JWT_INVALID, format). It does not have the form of a token: inspect shows what is wrong.\n',
      ],
    ];
    for (const [token, line, code, reason] of outcomes) {
      const outcome = await verify(token, ...line);
      expect(outcome.stdout, line.join(' ')).to.include(reason).and.not.include(token);
      expect(outcome.code).to.equal(code);
    }
  });

  it('rejects a token that has expired', async () => {
    const text = await managerOf().createAccessToken('ada');
    const file = folder.write('keys.json', publicSet);
    const { code, stdout } = await cli(['verify', '--keys', file], text, testClock(startOfTime + 900_000));
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /^Rejected: Token has expired \(ERR_JWT_EXPIRED, expired\)\.\nHeader, not verified:/,
    );
  });

  for (const [what, line, code, message] of [
    ['no keys', ['verify', 'x'], 2, 'give either --keys or --env'],
    ['two sources of keys', ['verify', '--keys', 'a', '--env', 'B', 'x'], 2, 'give either --keys or --env'],
    [
      'a type that does not exist',
      ['verify', '--keys', 'a', '--type', 'id', 'x'],
      2,
      '--type must be access, refresh or any',
    ],
    [
      'a file that does not exist',
      ['verify', '--keys', 'none.json', 'x'],
      1,
      'none.json cannot be read: there is no such file or folder',
    ],
    [
      'a name that is too long',
      ['verify', '--keys', 'x'.repeat(300), 'x'],
      1,
      'the file cannot be read: ENAMETOOLONG',
    ],
    ['an empty issuer', ['verify', '--keys', 'a', '--issuer', '', 'x'], 2, '--issuer needs a value'],
    ['no token', ['verify', '--env', 'PATH'], 2, 'TOKEN is missing'],
  ] as const) {
    it(`fails with ${what}`, async () => {
      const outcome = await cli([...line]);
      expect(outcome).to.include({ code, stdout: '' });
      expect(outcome.stderr).to.include(message);
    });
  }
});
