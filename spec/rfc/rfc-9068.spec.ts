import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { JwtManager, KeySet, type Algorithm } from '../../src';
import { request } from '../support/app';
import { partsOf } from '../support/forge';
import { keyPairFor } from '../support/keys';
import type { KeyPairAlgorithm } from '../../src/keys/key';

const issuer = 'https://issuer.test';
const audience = 'https://api.test';
const algorithms: KeyPairAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
algorithms.push('ES256', 'ES384', 'ES512', 'EdDSA');

function managerFor(algorithm: KeyPairAlgorithm, options: object = {}): JwtManager {
  const keys = KeySet.fromPem(keyPairFor(algorithm).privatePem, { algorithm });
  return new JwtManager({ keys, issuer, audience, ...options });
}

const contents = {
  clientId: 'web',
  scopes: ['read', 'write'],
  roles: ['member'],
  amr: ['pwd'],
  acr: 'urn:acr:1',
  fresh: true,
  claims: { groups: ['staff'] },
};

describe('RFC 9068: an access token', () => {
  it('has the type at+jwt in its header, a signature and the name of its key (2.1)', async () => {
    const jwtManager = managerFor('ES256');
    const { header } = partsOf(await jwtManager.createAccessToken('ada', contents));
    expect(header).to.have.all.keys('alg', 'typ', 'kid');
    expect(header).to.include({ alg: 'ES256', typ: 'at+jwt' });
  });

  it('has all required claims (2.2), those about the login (2.2.1), and those about permissions (2.2.3)', async () => {
    const now = 1_767_225_600;
    const jwtManager = managerFor('ES256', { clock: () => now * 1000 });
    const { claims } = partsOf(await jwtManager.createAccessToken('ada', contents));
    const { jti, ...others } = claims;
    expect(jti).to.match(/^[\w-]{22,}$/);
    expect(others).to.deep.equal({
      iss: issuer,
      exp: now + 900,
      aud: audience,
      sub: 'ada',
      client_id: 'web',
      iat: now,
      nbf: now,
      auth_time: now,
      acr: 'urn:acr:1',
      amr: ['pwd'],
      scope: 'read write',
      roles: ['member'],
      groups: ['staff'],
    });
  });

  it('has another jti each time', async () => {
    const jwtManager = managerFor('ES256');
    const texts = await Promise.all(
      Array.from({ length: 100 }, () => jwtManager.createAccessToken('ada', contents)),
    );
    expect(new Set(texts.map((text) => partsOf(text).claims['jti'])).size).to.equal(100);
  });

  it('keeps client, login and permissions when it is refreshed (2.2.1)', async () => {
    const jwtManager = managerFor('ES256');
    const pair = await jwtManager.createTokenPair('ada', contents);
    const before = partsOf(pair.access_token).claims;
    const after = partsOf((await jwtManager.refresh(pair.refresh_token)).access_token).claims;
    for (const name of [
      'sub',
      'client_id',
      'iss',
      'aud',
      'auth_time',
      'acr',
      'amr',
      'scope',
      'roles',
      'groups',
    ])
      expect(after[name], name).to.deep.equal(before[name]);
  });

  it('is told apart from a refresh token by its type (2.1, 5)', async () => {
    const pair = await managerFor('ES256').createTokenPair('ada', contents);
    expect(partsOf(pair.refresh_token).header['typ']).to.equal('rt+jwt');
  });
});

describe('RFC 9068: what others read of our tokens', () => {
  let server: Server;
  let jwksUri: URL;
  let jwks: object;

  before(async () => {
    server = createServer((_, response) => response.end(JSON.stringify(jwks)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    jwksUri = new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/jwks`);
  });

  after(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  for (const algorithm of algorithms) {
    it(`jose verifies a token of ours with ${algorithm}, with the key that it finds in our JWK set`, async () => {
      const keys = KeySet.fromPem(keyPairFor(algorithm).privatePem, { algorithm }).add(another(algorithm));
      jwks = keys.toJwks();
      const jwtManager = new JwtManager({ keys, issuer, audience });
      const text = await jwtManager.createAccessToken('ada', contents);
      const { payload, protectedHeader } = await jwtVerify(text, createRemoteJWKSet(jwksUri), {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: [algorithm],
        requiredClaims: ['sub', 'client_id', 'jti', 'iat', 'exp'],
      });
      expect(payload).to.include({ sub: 'ada', client_id: 'web' });
      expect(protectedHeader.kid).to.equal(keys.signingKid);
    });

    it(`express-oauth2-jwt-bearer accepts a token of ours with ${algorithm} in its strict mode`, async () => {
      const jwtManager = managerFor(algorithm);
      const keys = KeySet.fromPem(keyPairFor(algorithm).privatePem, { algorithm }).add(another(algorithm));
      jwks = keys.toJwks();
      const app = express().set('env', 'test');
      const options = { issuer, audience, jwksUri: jwksUri.href, tokenSigningAlg: algorithm, strict: true };
      app.get('/', auth(options), (incoming, response) => response.json(incoming.auth?.payload.sub));
      const listening = app.listen(0, '127.0.0.1');
      await once(listening, 'listening');
      const url = `http://127.0.0.1:${String((listening.address() as AddressInfo).port)}/`;
      const answerTo = (text: string) => request(url, { headers: { Authorization: `Bearer ${text}` } });
      const { access_token: access, refresh_token: refresh } = await jwtManager.createTokenPair(
        'ada',
        contents,
      );
      expect(await answerTo(access)).to.deep.include({ status: 200, body: 'ada' });
      expect((await answerTo(refresh)).status).to.equal(401);
      expect((await answerTo(await jwtManager.createAccessToken('ada'))).status).to.equal(401);
      listening.closeAllConnections();
      await once(listening.close(), 'close');
    });
  }
});

function another(algorithm: Algorithm): KeySet {
  const other = algorithm === 'ES256' ? 'RS256' : 'ES256';
  return KeySet.fromPem(keyPairFor(other).privatePem, { algorithm: other });
}
