import { createServer, type Server } from 'node:http';
import { constants, createHash, sign, type SignKeyObjectInput } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { KeySet } from '../../src';
import { bearer, expectAdmission, expectRefusal, openDoors, refusals, type Doors } from '../support/doors';
import { encode, forge, partsOf } from '../support/forge';
import { certificatePem } from '../support/key-files';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { secret, testManager } from '../support/manager';

type Algorithm = 'RS256' | 'PS256' | 'ES256';

const algorithms = ['RS256', 'PS256', 'ES256', 'HS256'] as const;
/** Keys of the attacker's; made with options of their own, so that they are not the manager's. */
const attacker = {
  rsa: testKeyPair('rsa', { modulusLength: 2049 }),
  ec: testKeyPair('ec', { namedCurve: 'prime256v1' }),
  secret: 'the-secret-that-the-attacker-made-up-for-this',
};

/** Signs as the algorithm says, with a key of the attacker's. */
function forgedBy(alg: (typeof algorithms)[number], header: object, claims: object): string {
  if (alg === 'HS256') return forge(header, claims, attacker.secret);
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), signatureOptions(alg)).toString('base64url')}`;
}

function signatureOptions(alg: Algorithm): SignKeyObjectInput {
  const key = (alg === 'ES256' ? attacker.ec : attacker.rsa).privateKey;
  const padding = alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  return { key, dsaEncoding: 'ieee-p1363', ...padding };
}

function publicJwk(alg: (typeof algorithms)[number]): object {
  if (alg === 'HS256') return { kty: 'oct', k: Buffer.from(attacker.secret).toString('base64url') };
  return jwkOf((alg === 'ES256' ? attacker.ec : attacker.rsa).publicKey, { alg, kid: 'attacker' });
}

for (const alg of algorithms) {
  describe(`B2: a token that brings its own ${alg} key`, () => {
    const keys =
      alg === 'HS256'
        ? KeySet.fromSecret(secret)
        : KeySet.fromPem(keyPairFor(alg).privatePem, { algorithm: alg });
    const jwtManager = testManager({ keys });
    let connections = 0;
    let listener: Server;
    let url: string;
    let doors: Doors;

    before(async () => {
      listener = createServer((_, response) => response.end(JSON.stringify({ keys: [publicJwk(alg)] })));
      listener.on('connection', () => connections++);
      await once(listener.listen(0, '127.0.0.1'), 'listening');
      url = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}`;
      doors = await openDoors(jwtManager);
    });

    after(async () => {
      await doors.close();
      await once(listener.close(), 'close');
    });

    const der = Buffer.from(certificatePem.replace(/-----.*-----|\n/g, ''), 'base64');
    const parameters: [name: string, members: () => object][] = [
      ['jku', () => ({ jku: `${url}/jwks.json` })],
      ['jku and a kid of its own', () => ({ jku: `${url}/jwks.json`, kid: 'attacker' })],
      ['a kid that is an address', () => ({ kid: `${url}/key` })],
      ['x5u', () => ({ x5u: `${url}/chain.pem` })],
      ['jwk', () => ({ jwk: publicJwk(alg) })],
      ['jwk and a kid of its own', () => ({ jwk: publicJwk(alg), kid: 'attacker' })],
      ['x5c', () => ({ x5c: [der.toString('base64')] })],
      ['x5t', () => ({ x5t: createHash('sha1').update(der).digest('base64url') })],
      ['x5t#S256', () => ({ 'x5t#S256': createHash('sha256').update(der).digest('base64url') })],
      [
        'all of them',
        () => ({ jku: `${url}/1`, x5u: `${url}/2`, jwk: publicJwk(alg), x5c: [der.toString('base64')] }),
      ],
    ];

    for (const [name, members] of parameters) {
      it(`is refused with ${name}, and nobody asks for the key`, async () => {
        const { header, claims } = partsOf(await jwtManager.createAccessToken('ada'));
        const withoutKid = { ...header, kid: undefined };
        for (const base of [header, withoutKid]) {
          await expectRefusal(
            doors,
            refusals.invalid,
            bearer(forgedBy(alg, { ...base, ...members() }, claims)),
          );
        }
        expect(connections).to.equal(0);
      });
    }

    it('would be heard if somebody asked', async () => {
      await (await fetch(url, { headers: { Connection: 'close' } })).text();
      expect(connections).to.equal(1);
      await expectAdmission(doors, bearer(await jwtManager.createAccessToken('ada')));
    });
  });
}
