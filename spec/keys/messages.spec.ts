import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { JwtManager, KeySet } from '../../src';
import { ConfigurationError } from '../../src/errors/errors';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const create = 'npx routing-controllers-jwt secret';

function manager(options: object): JwtManager {
  return new JwtManager(options);
}

describe('the error for a wrong key names the call and says what to do', () => {
  const wrong: [name: string, call: () => unknown, message: string][] = [
    [
      'a variable that is not set',
      () => manager({ secret: undefined }),
      `JwtManager: secret is missing. Is the environment variable set? Create a secret: ${create}`,
    ],
    [
      'a short secret',
      () => KeySet.fromSecret('changeme', { algorithm: 'HS512' }),
      `KeySet.fromSecret: secret is too short, 64 random bytes are needed. Create one: ${create} --alg HS512`,
    ],
    [
      'another algorithm than one for secrets',
      () => KeySet.fromSecret('x', { algorithm: 'hs256' as 'HS256' }),
      'KeySet.fromSecret: algorithm must be HS256, HS384 or HS512',
    ],
    [
      'a PEM that is not set',
      () => KeySet.fromPem(undefined),
      'KeySet.fromPem: pem is missing. Is the environment variable set?',
    ],
    [
      'an RSA key without its algorithm',
      () => KeySet.fromPem(rsa),
      "KeySet.fromPem: algorithm must be given for this type of key, such as { algorithm: 'RS256' }",
    ],
    [
      'an algorithm for another type of key',
      () => KeySet.fromPem(rsa, { algorithm: 'ES256' }),
      'KeySet.fromPem: the key is of the type rsa: ES256 needs ec; there are RS256, RS384, RS512, PS256, PS384, PS512, ' +
        'ES256, ES384, ES512, EdDSA, Ed25519',
    ],
    ['text that is no JSON', () => KeySet.fromJwks('x'), 'KeySet.fromJwks: jwks is not valid JSON'],
    [
      'keys that are not awaited',
      () => manager({ keys: KeySet.generate('ES256') }),
      'JwtManager: keys must be a KeySet, such as KeySet.fromPem(…); this is a promise: await it',
    ],
    [
      'keys of another copy of the package',
      () => manager({ keys: new (class KeySet {})() }),
      'JwtManager: keys must be a KeySet, such as KeySet.fromPem(…); ' +
        'this one is of another copy of the package: see npm ls routing-controllers-jwt',
    ],
    [
      'a store that is not awaited',
      () => manager({ secret: rsa, store: Promise.resolve() }),
      'JwtManager: store must be a TokenStore such as new MemoryTokenStore(), or false; this is a promise: await it',
    ],
    [
      'a cache that is a number',
      () => manager({ secret: rsa, cache: 5000 }),
      'JwtManager: cache: the options must be an object, such as { maxEntries: 50_000 }, or false',
    ],
  ];
  for (const [name, call, message] of wrong)
    it(name, () => {
      expect(call).to.throw(ConfigurationError).with.property('message', message);
    });

  it('an algorithm that does not exist', async () => {
    const error: unknown = await KeySet.generate('none' as 'HS256').catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as Error).message).to.match(/^KeySet\.generate: algorithm must be one of HS256, /);
  });

  it("not those that are not of this library: what a getter throws stays the application's", () => {
    const fault = new RangeError('from a getter');
    const options = Object.defineProperty({}, 'keys', {
      enumerable: true,
      get: () => {
        throw fault;
      },
    });
    expect(() => KeySet.fromJwks(options as never))
      .to.throw(RangeError)
      .that.equals(fault);
  });
});
