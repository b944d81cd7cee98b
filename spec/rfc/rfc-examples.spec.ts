import { createSecretKey, type JsonWebKey } from 'node:crypto';
import { expect } from 'chai';
import { KeySet, TokenInvalidError, type Algorithm } from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { hasSignatureOf } from '../../src/token/codec';
import { HeaderReader } from '../../src/token/header';
import { openSigned } from '../../src/token/open-signed';
import { parseStrictObject } from '../../src/token/strict-json';
import { faultInClaims } from '../../src/token/validate-claims';
import { refusalOf } from '../support/rejected';
import { readVectors } from '../support/vectors';

interface Example {
  readonly id: string;
  readonly jwk: JsonWebKey;
  readonly alg: Algorithm;
  readonly jws: string;
  readonly result: 'valid' | 'invalid';
  readonly clock?: number;
}

/** Opens an example whose typ is JWT or none, and reads its claims. */
function claimsOf({ jwk, alg, jws }: Example): Record<string, unknown> | undefined {
  const keys = setOf(jwk, alg);
  const isJwt = (typ: unknown) => (typ === 'JWT' ? typ : undefined);
  const { claims } = openSigned(jws, new HeaderReader((kid) => keys.find(kid), isJwt));
  return parseStrictObject(claims);
}

/** A KeySet takes no secret that was published. */
function setOf(jwk: JsonWebKey, algorithm: Algorithm): Pick<KeySet, 'find'> {
  if (jwk.kty !== 'oct') return KeySet.fromJwks({ keys: [jwk] }, { algorithm });
  const verifyingKey = createSecretKey(Buffer.from(jwk.k ?? '', 'base64url'));
  return { find: () => ({ kid: 'a', algorithm, verifyingKey, signingKey: undefined }) };
}

/** Judges the claims as the verifier does, with those that the example lacks. */
function verdictOn(claims: object, now: number): string | undefined {
  const whole = { sub: 'joe', jti: 'example', iat: now, ...claims };
  const nobody = { issuer: 'joe', audience: undefined };
  const times = { longestTtl: 315_360_000, clockTolerance: 0, issueTolerance: 0, now };
  return faultInClaims(whole, 'access', { ...nobody, ...times });
}

describe('the examples of the RFCs', () => {
  const examples = readVectors<Example[]>('rfc-examples.json');
  if (!examples) return;
  const named = (id: string) => {
    const example = examples.find((each) => each.id.startsWith(id));
    if (!example) throw new Error(`there is no example ${id}`);
    return example;
  };

  it('are those that this file knows', () => {
    expect(examples.map(({ id, result }) => [id.split(' ')[0], result])).to.deep.equal([
      ['RFC7519-3.1/RFC7515-A.1', 'valid'],
      ['RFC7519-3.1', 'invalid'],
      ['RFC7519-6.1', 'invalid'],
      ['RFC8037-A.4', 'valid'],
    ]);
  });

  it('RFC 7519, section 3.1: white space in the header and in the claims', () => {
    const example = named('RFC7519-3.1/RFC7515-A.1');
    expect(Buffer.from(example.jws.split('.')[0] ?? '', 'base64url').toString()).to.include('\r\n');
    const claims = claimsOf(example);
    expect(claims).to.deep.equal({ iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true });
    expect(verdictOn(claims ?? {}, example.clock ?? 0)).to.equal(undefined);
  });

  it('RFC 7519, section 4.1.4: over in the second of exp', () => {
    const example = named('RFC7519-3.1 at exp');
    expect(example.clock).to.equal(1_300_819_380);
    expect(verdictOn(claimsOf(example) ?? {}, example.clock ?? 0)).to.equal('expired');
  });

  it('RFC 7519, section 6.1: a token that nobody signed', async () => {
    const error = await refusalOf(() => claimsOf(named('RFC7519-6.1')), TokenInvalidError);
    expect(reasonFor(error).reason).to.equal('format');
  });

  it('RFC 8037, appendix A.4: a signature of Ed25519', () => {
    const { jwk, jws } = named('RFC8037-A.4');
    const key = KeySet.fromJwks({ keys: [jwk] }, { algorithm: 'EdDSA' }).find(undefined);
    expect(key && hasSignatureOf(jws, key)).to.equal(true);
    expect(key && hasSignatureOf(jws.replace('.', '.A'), key)).to.equal(false);
  });

  it('RFC 8037, appendix A.3: the thumbprint of an Ed25519 key', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    const keys = KeySet.fromJwks({ keys: [{ kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA' }] });
    expect(keys.kids).to.deep.equal(['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k']);
  });
});
