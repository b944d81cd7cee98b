import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkKeyPairAlgorithm, type KeyPairAlgorithm } from '../../keys/key';
import { KeySet } from '../../keys/key-set';
import { systemClock, unixSeconds, type Clock } from '../../util/clock';
import { callback, optional, text, unchecked } from '../../util/option-parsers';
import { parseOptions } from '../../util/options';
import { randomId } from '../../util/random-id';
import { signJws } from './sign-jws';
import type { TestIssuer, TestIssuerOptions } from './test-issuer';

const secondsToLive = 900;

const issuerOptions = {
  algorithm: keyPairAlgorithm,
  clock: callback<Clock>('a function such as Date.now', systemClock),
};

const tokenOptions = {
  audience: optional(text),
  claims: unchecked<object | undefined>,
  type: (value: unknown = 'at+jwt', name: string) => text(value, name),
};

/**
 * Starts an identity provider on a free port of 127.0.0.1, for tests of an API that accepts tokens of such a provider.
 * It serves its keys (`/jwks`) and the documents that lead to them (`/.well-known/openid-configuration`, OpenID Connect
 * Discovery 1.0, section 4; `/.well-known/oauth-authorization-server`, RFC 8414), and signs access tokens.
 *
 * @throws `ConfigurationError` if an option is wrong
 * @example
 * ```ts
 * const issuer = await createIssuer();
 * const text = await issuer.token('ada', { audience: 'https://api.example.com' });
 * await issuer.close();
 * ```
 */
export async function createIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { algorithm, clock } = parseOptions('createIssuer', options, issuerOptions);
  let keys = await KeySet.generate(algorithm);
  const requests: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    requests.push(url);
    const page: unknown = url === '/jwks' ? keys.toJwks() : documents.includes(url) && discovery;
    response.writeHead(page ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(page));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const discovery = discoveryOf(issuer, algorithm);
  return {
    issuer,
    jwksUri: discovery.jwks_uri,
    requests,
    token: async (identity = 'test', given = {}) => {
      const { audience: aud, claims, type } = parseOptions('token', given, tokenOptions);
      const iat = unixSeconds(clock);
      const own = { iss: issuer, sub: identity, jti: randomId(), iat, exp: iat + secondsToLive, aud };
      return signJws(type, { ...own, ...claims }, keys.signer());
    },
    rotate: async () => {
      keys = (await KeySet.generate(algorithm)).add(keys);
    },
    close: () => stop(server),
  };
}

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

function discoveryOf(issuer: string, algorithm: KeyPairAlgorithm) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
  };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function keyPairAlgorithm(algorithm: unknown = 'RS256'): KeyPairAlgorithm {
  checkKeyPairAlgorithm(algorithm, 'createIssuer: algorithm');
  return algorithm;
}
