import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import {
  IssuerUnavailableError,
  JwtManager,
  TokenInvalidError,
  type RejectedEvent,
  type TrustedIssuer,
} from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { KeyFetcher } from '../../src/keys/remote/key-fetcher';
import { itInFull } from '../support/full';
import {
  issuerJwk,
  issuerToken,
  metadataPath,
  startIssuer,
  type Reply,
  type RunningIssuer,
} from '../support/issuer';
import { ecKeyPair, keyPairFor, testKeyPair } from '../support/keys';
import { secret, testClock, type TestClock } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { warningsDuring } from '../support/warnings';

const other = testKeyPair('rsa', { modulusLength: 2056 });

describe('The keys of a trusted issuer', () => {
  let issuer: RunningIssuer;
  let clock: TestClock;

  beforeEach(async () => {
    issuer = await startIssuer();
    clock = testClock();
  });

  afterEach(() => issuer.close());

  function manager(changes: Partial<TrustedIssuer> = {}): JwtManager {
    const place = 'jwksUri' in changes || 'discovery' in changes ? {} : { jwksUri: `${issuer.url}/jwks` };
    const trusted = { issuer: issuer.url, audience: 'api', ...place, ...changes };
    // Without a listener, each of them would warn.
    return new JwtManager({ trustedIssuers: [trusted], clock }).on('rejected', () => undefined);
  }

  const token = (header: object = {}, key = keyPairFor('RS256').privateKey): string =>
    issuerToken(issuer.url, { header, key });

  const isAccepted = async (jwtManager: JwtManager, text = token()): Promise<void> => {
    expect((await jwtManager.verify(text)).identity).to.equal('ada');
  };

  const isInvalid = async (jwtManager: JwtManager, text: string): Promise<void> => {
    await refusalOf(jwtManager.verify(text), TokenInvalidError);
  };

  const isUnavailable = async (jwtManager: JwtManager, text = token()): Promise<string> => {
    const error = await refusalOf(jwtManager.verify(text), IssuerUnavailableError);
    expect(error).to.include({ status: 503, code: 'ERR_JWT_ISSUER', message: 'Token issuer is unavailable' });
    expect(error.headers['Retry-After']).to.equal('1');
    const { reason, cause } = reasonFor(error);
    expect(reason).to.equal('issuer keys');
    return (cause as Error).message;
  };

  describe('are fetched', () => {
    it('when the first token comes, and not again for the next ones', async () => {
      const jwtManager = manager();
      expect(issuer.requests).to.deep.equal([]);
      for (let index = 0; index < 3; index++) await isAccepted(jwtManager);
      expect(issuer.requests).to.deep.equal(['/jwks']);
    });

    it('at the address that the metadata names', async () => {
      const jwtManager = manager({ discovery: true });
      await isAccepted(jwtManager);
      expect(issuer.requests).to.deep.equal([metadataPath, '/jwks']);
    });

    it('at the address in metadata of another name (RFC 8414)', async () => {
      issuer.replies.set('/metadata', { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` });
      await isAccepted(manager({ discovery: new URL(`${issuer.url}/metadata`) }));
      expect(issuer.requests).to.deep.equal(['/metadata', '/jwks']);
    });

    it('once for many tokens at a time', async () => {
      const jwtManager = manager();
      await Promise.all(Array.from({ length: 50 }, () => isAccepted(jwtManager)));
      expect(issuer.requests).to.deep.equal(['/jwks']);
    });

    it('for no token that will be rejected anyway', async () => {
      const jwtManager = manager();
      const texts = [
        token({ alg: 'HS256' }),
        token({ alg: 'none' }),
        token({ alg: 'PS256' }),
        token({ typ: 'JWT' }),
        token({ typ: 'rt+jwt' }),
        token({ kid: 7 }),
        token({ kid: { toString: 'theirs' } }),
        'no token',
        issuerToken('https://elsewhere.test'),
        issuerToken(`${issuer.url}/`),
      ];
      for (const text of texts) await isInvalid(jwtManager, text);
      expect(issuer.requests).to.deep.equal([]);
    });

    it('again when a token names a new one, at once', async () => {
      const jwtManager = manager();
      await isAccepted(jwtManager);
      issuer.replies.set('/jwks', { keys: [issuerJwk(), issuerJwk({ kid: 'next' }, 'RS256', other)] });
      await isAccepted(jwtManager, token({ kid: 'next' }, other.privateKey));
      await isAccepted(jwtManager);
      expect(issuer.requests).to.have.length(2);
    });

    it('once in ten seconds for names that do not exist, however many come', async () => {
      const jwtManager = manager();
      await isAccepted(jwtManager);
      for (let round = 1; round <= 3; round++) {
        await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            isInvalid(jwtManager, token({ kid: `invented-${String(index)}` })),
          ),
        );
        for (let index = 0; index < 5; index++)
          await isInvalid(jwtManager, token({ kid: `late-${String(index)}` }));
        expect(issuer.requests).to.have.length(1 + round);
        clock.advance(10);
      }
    });

    it('in the background after five minutes, so that no request waits', async () => {
      const jwtManager = manager();
      await isAccepted(jwtManager);
      clock.advance(301);
      let response: ServerResponse | undefined;
      const asked = new Promise<void>((resolve) => {
        issuer.replies.set('/jwks', (_, given) => {
          response = given;
          resolve();
        });
      });
      await isAccepted(jwtManager);
      await asked;
      await isAccepted(jwtManager);
      response?.end(JSON.stringify({ keys: [issuerJwk({ kid: 'next' }, 'RS256', other)] }));
      // A token with the new key waits for the request that is under way.
      await isAccepted(jwtManager, token({ kid: 'next' }, other.privateKey));
      expect(issuer.requests).to.have.length(2);
      issuer.replies.set('/jwks', { keys: [] });
      await isInvalid(jwtManager, token());
      expect(issuer.requests).to.have.length(3);
    });

    it('before a token is accepted if they are older than ten minutes: a key that is gone is not used', async () => {
      const jwtManager = manager();
      await isAccepted(jwtManager);
      issuer.replies.set('/jwks', { keys: [] });
      clock.advance(600);
      await isInvalid(jwtManager, token());
    });

    it('again if the clock was set back', async () => {
      const jwtManager = manager();
      await isAccepted(jwtManager);
      issuer.replies.set('/jwks', { keys: [] });
      clock.advance(-700);
      await isInvalid(jwtManager, token());
    });

    it('from a new address that the metadata names', async () => {
      const jwtManager = manager({ discovery: true });
      await isAccepted(jwtManager);
      issuer.replies.set(metadataPath, { issuer: issuer.url, jwks_uri: `${issuer.url}/new` });
      issuer.replies.set('/new', { keys: [issuerJwk({ kid: 'next' }, 'RS256', other)] });
      await isAccepted(jwtManager, token({ kid: 'next' }, other.privateKey));
      expect(issuer.requests.slice(2)).to.deep.equal([metadataPath, '/new']);
    });
  });

  /** What is wrong with the answer, what the event says, and whether keys that were good before remain in use. */
  const faults: [name: string, reply: (issuer: RunningIssuer) => Reply, cause: RegExp][] = [
    ['an error', () => (_, response) => response.writeHead(500).end(), /status of .* is 500/],
    ['nothing', () => (_, response) => response.end(), /JSON/],
    ['a page', () => (_, response) => response.end('<html></html>'), /JSON/],
    ['JSON that is cut off', () => (_, response) => response.end('{"keys":['), /JSON/],
    [
      'bytes that are not UTF-8',
      () => (_, response) => response.end(Buffer.from([0x22, 0xff, 0x22])),
      /JSON/,
    ],
    ['a list', () => [], /malformed/],
    ['a set without keys', () => ({}), /malformed/],
    ['keys that are no list', () => ({ keys: {} }), /malformed/],
    ['a key that is no object', () => ({ keys: ['key'] }), /malformed/],
    ['a broken connection', () => (_, response) => response.destroy(), /fetch failed/],
    [
      'an answer that breaks off',
      () => (_, response) => {
        response.writeHead(200, { 'Content-Length': '1000' }).write('{"keys":');
        setImmediate(() => response.socket?.destroy());
      },
      /terminated/,
    ],
    [
      '300 kB',
      () => (_, response) => response.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`),
      /more than 262144 bytes/,
    ],
    ['an endless answer', () => stream, /more than 262144 bytes/],
    ['a bomb', () => (_, response) => response.end(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), /./],
    ...[301, 302, 303, 307, 308].map((status): [string, (issuer: RunningIssuer) => Reply, RegExp] => [
      `a redirect with ${String(status)}`,
      ({ url }) =>
        (_, response) =>
          response.writeHead(status, { Location: `${url}/elsewhere` }).end(),
      new RegExp(`status of .* is ${String(status)}`),
    ]),
  ];

  for (const [name, reply, cause] of faults) {
    describe(`behind a server that answers with ${name}`, () => {
      it('are unavailable, and one request is sent in ten seconds, however many tokens come', async () => {
        const jwtManager = manager();
        issuer.replies.set('/elsewhere', { keys: [issuerJwk()] });
        issuer.replies.set('/jwks', reply(issuer));
        expect(await isUnavailable(jwtManager)).to.match(cause);
        await Promise.all(Array.from({ length: 20 }, () => isUnavailable(jwtManager)));
        expect(issuer.requests).to.deep.equal(['/jwks']);
      });

      it('are there again as soon as it has recovered', async () => {
        const jwtManager = manager();
        issuer.replies.set('/jwks', reply(issuer));
        await isUnavailable(jwtManager);
        issuer.replies.set('/jwks', { keys: [issuerJwk()] });
        await isUnavailable(jwtManager);
        clock.advance(10);
        await isAccepted(jwtManager);
      });

      it('remain in use for an hour, with one warning, and no longer', async () => {
        const jwtManager = manager();
        await isAccepted(jwtManager);
        issuer.replies.set('/jwks', reply(issuer));
        const warnings = await warningsDuring(async () => {
          for (const minutes of [11, 20, 20]) {
            clock.advance(minutes * 60);
            await isAccepted(jwtManager);
            // Only now is it known that there is none of this name.
            await isUnavailable(jwtManager, token({ kid: 'next' }));
          }
          clock.advance(9 * 60);
          await isUnavailable(jwtManager);
        });
        const own = warnings.filter(({ name: type }) => type === 'JwtIssuerWarning');
        expect(own).to.have.length(1);
        expect(own[0]?.message).to.include(
          `The keys of ${issuer.url} cannot be fetched. The previous ones remain in use for an hour.`,
        );
        issuer.replies.set('/jwks', { keys: [issuerJwk()] });
        clock.advance(10);
        await isAccepted(jwtManager);
      });
    });
  }

  describe('behind a server that does not answer', () => {
    it('are unavailable after the timeout, and the connection is given up', async () => {
      const jwtManager = manager({ timeout: '1s' });
      const isGivenUp = new Promise((resolve) => {
        issuer.replies.set('/jwks', (request) => request.socket.once('close', resolve));
      });
      const causes = await Promise.all([isUnavailable(jwtManager), isUnavailable(jwtManager)]);
      expect(causes).to.deep.equal(['request timed out', 'request timed out']);
      expect(issuer.requests).to.deep.equal(['/jwks']);
      await isGivenUp;
    });

    itInFull('are unavailable if the answer drips', async () => {
      const jwtManager = manager({ timeout: '1s' });
      issuer.replies.set('/jwks', (_, response) => {
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => {
          clearInterval(timer);
        });
      });
      expect(await isUnavailable(jwtManager)).to.equal('request timed out');
    });

    itInFull('are unavailable if the metadata does not come', async () => {
      const jwtManager = manager({ discovery: true, timeout: '1s' });
      issuer.replies.set(metadataPath, () => undefined);
      expect(await isUnavailable(jwtManager)).to.match(/timeout/);
    });

    it('are unavailable if nothing listens', async () => {
      const jwtManager = manager();
      const text = token();
      await issuer.close();
      expect(await isUnavailable(jwtManager, text)).to.equal('fetch failed');
      issuer = await startIssuer();
    });
  });

  const secretJwk = { kty: 'oct', kid: 'shared', alg: 'HS256', k: Buffer.from(secret).toString('base64url') };
  const privateMembers = keyPairFor('RS256').privateKey.export({ format: 'jwk' });
  const lies: [name: string, keys: object[], cause: RegExp][] = [
    ['a private key', [issuerJwk(privateMembers)], /shows a private key or a secret/],
    [
      'another private key',
      [issuerJwk(), issuerJwk({ kid: 'b', p: 'x' }, 'RS256', other)],
      /shows a private key/,
    ],
    ['a private key on a curve', [issuerJwk(), { kty: 'EC', d: 'x' }], /shows a private key/],
    [
      'a private key for encryption',
      [issuerJwk(), { kty: 'RSA', use: 'enc', d: 'x' }],
      /shows a private key/,
    ],
    ['a secret', [issuerJwk(), secretJwk], /shows a private key or a secret/],
    ['two keys of one name', [issuerJwk(), issuerJwk({}, 'RS256', other)], /two keys with the kid 'theirs'/],
    ['one key twice', [issuerJwk(), issuerJwk()], /two keys with the kid 'theirs'/],
    [
      '101 keys',
      Array.from({ length: 101 }, (_, index) => issuerJwk({ kid: String(index) })),
      /more than 100 keys/,
    ],
  ];
  for (const [name, keys, cause] of lies) {
    it(`are not used any more once the set shows ${name}`, async () => {
      const jwtManager = manager();
      await isAccepted(jwtManager);
      issuer.replies.set('/jwks', { keys });
      clock.advance(600);
      expect(await isUnavailable(jwtManager)).to.match(cause);
      issuer.replies.set('/jwks', { keys: [issuerJwk()] });
      await isUnavailable(jwtManager);
      clock.advance(10);
      await isAccepted(jwtManager);
    });
  }

  const unusable: [name: string, jwk: object][] = [
    ['is for encryption', issuerJwk({ use: 'enc' })],
    ['has another use', issuerJwk({ use: 'tls' })],
    ['may do nothing', issuerJwk({ key_ops: [] })],
    ['may only sign', issuerJwk({ key_ops: ['sign'] })],
    ['may encrypt', issuerJwk({ key_ops: ['verify', 'encrypt'] })],
    ['is for another algorithm', issuerJwk({ alg: 'PS256' })],
    ['is for encryption by its algorithm', issuerJwk({ alg: 'RSA-OAEP' })],
    ['claims to be for HMAC', issuerJwk({ alg: 'HS256' })],
    ['claims to be for none', issuerJwk({ alg: 'none' })],
    ['has no number', issuerJwk({ n: undefined })],
    ['has a number that is text', issuerJwk({ n: '!' })],
    ['is short', issuerJwk({}, 'RS256', testKeyPair('rsa', { modulusLength: 1024 }))],
    [
      'has the exponent 3',
      issuerJwk({}, 'RS256', testKeyPair('rsa', { modulusLength: 2048, publicExponent: 3 })),
    ],
    ['is on a curve', issuerJwk({ alg: 'RS256' }, 'ES256')],
    ['is of an unknown kind', { kty: 'AKP', kid: 'theirs', alg: 'ML-DSA-44', pub: 'x' }],
    ['has another name', issuerJwk({ kid: 'other' })],
    ['has no name', issuerJwk({ kid: undefined })],
    ['has a number as its name', issuerJwk({ kid: 1 })],
    ['has a name of 257 characters', issuerJwk({ kid: 'x'.repeat(257) })],
  ];
  for (const [name, jwk] of unusable) {
    it(`are without one that ${name}`, async () => {
      issuer.replies.set('/jwks', { keys: [jwk, issuerJwk({ kid: 'good' }, 'RS256', other)] });
      const jwtManager = manager();
      await isInvalid(jwtManager, token());
      await isAccepted(jwtManager, token({ kid: 'good' }, other.privateKey));
    });
  }

  describe('are selected', () => {
    it('by any name, such as one in base64', async () => {
      for (const kid of ['a+b/c=', 'with space', '__proto__', 'constructor', 'ключ', 'x'.repeat(256)]) {
        issuer.replies.set('/jwks', {
          keys: [issuerJwk({ kid }), issuerJwk({ kid: 'other' }, 'RS256', other)],
        });
        await isAccepted(manager(), token({ kid }));
        await isInvalid(manager(), token({ kid: 'toString' }));
      }
    });

    it('without a name if there is only one', async () => {
      const nameless = token({ kid: undefined });
      await isAccepted(manager(), nameless);
      issuer.replies.set('/jwks', { keys: [issuerJwk(), issuerJwk({ kid: 'b' }, 'RS256', other)] });
      await isInvalid(manager(), nameless);
    });

    it('with the first algorithm that fits, if the key names none', async () => {
      const ec = ecKeyPair('P-256');
      const keys = [issuerJwk({ alg: undefined }), issuerJwk({ alg: undefined, kid: 'ec' }, 'ES256', ec)];
      issuer.replies.set('/jwks', { keys });
      const jwtManager = manager({ algorithms: ['ES384', 'EdDSA', 'PS256', 'ES256', 'RS256'] });
      await isAccepted(
        jwtManager,
        issuerToken(issuer.url, { header: { kid: 'ec' }, algorithm: 'ES256', key: ec.privateKey }),
      );
      await isAccepted(jwtManager, issuerToken(issuer.url, { algorithm: 'PS256' }));
      await isInvalid(jwtManager, token());
    });

    for (const algorithm of ['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const) {
      it(`for ${algorithm} if that is accepted, and never for another`, async () => {
        const named = issuerJwk({}, algorithm);
        const unnamed = issuerJwk({ alg: undefined }, algorithm);
        for (const jwk of [named, unnamed]) {
          issuer.replies.set('/jwks', { keys: [jwk] });
          await isAccepted(manager({ algorithms: algorithm }), issuerToken(issuer.url, { algorithm }));
          const another = algorithm === 'ES512' ? 'RS512' : 'ES512';
          await isInvalid(manager({ algorithms: another }), issuerToken(issuer.url, { algorithm }));
        }
      });
    }
  });

  describe('are unavailable if the metadata', () => {
    const metadata: [string, (url: string) => object, RegExp][] = [
      [
        'is of another issuer',
        (url) => ({ issuer: 'https://evil.test', jwks_uri: `${url}/jwks` }),
        /another issuer/,
      ],
      ['has a slash more', (url) => ({ issuer: `${url}/`, jwks_uri: `${url}/jwks` }), /another issuer/],
      ['names no issuer', (url) => ({ jwks_uri: `${url}/jwks` }), /another issuer/],
      ['is a list', () => [], /another issuer/],
      ['names no address', (url) => ({ issuer: url }), /must be a URL/],
      ['names several', (url) => ({ issuer: url, jwks_uri: [`${url}/jwks`] }), /must be a URL/],
      ['names a file', (url) => ({ issuer: url, jwks_uri: 'file:///etc/passwd' }), /must start with https/],
      [
        'names http elsewhere',
        (url) => ({ issuer: url, jwks_uri: 'http://169.254.169.254/' }),
        /must start with https/,
      ],
      [
        'has a password',
        (url) => ({ issuer: url, jwks_uri: 'https://a:b@keys.test/' }),
        /user name or password/,
      ],
    ];
    for (const [name, reply, cause] of metadata) {
      it(name, async () => {
        issuer.replies.set(metadataPath, reply(issuer.url));
        expect(await isUnavailable(manager({ discovery: true }))).to.match(cause);
        expect(issuer.requests).to.deep.equal([metadataPath]);
      });
    }
  });

  it('are unavailable if metadata from elsewhere names an address of this machine', async () => {
    const url = new URL('https://login.test/metadata');
    const fetched: unknown[] = [];
    const usual = globalThis.fetch;
    globalThis.fetch = (place) => {
      fetched.push(place);
      return Promise.resolve(Response.json({ issuer: 'login', jwks_uri: 'http://127.0.0.1:1/jwks' }));
    };
    const fetcher = new KeyFetcher({ issuer: 'login', url, isMetadata: true, timeout: 1000 });
    const error = await refusalOf(fetcher.fetch(), Error).finally(() => (globalThis.fetch = usual));
    expect(error.message).to.equal('jwks_uri of the metadata is on this machine');
    expect(fetched).to.deep.equal([url.href]);
  });

  it('are not fetched to see when a token ends', async () => {
    const jwtManager = manager();
    const verified = await jwtManager.verify(token());
    const requests = issuer.requests.length;
    clock.advance(86_400);
    const reason = await new Promise((resolve) => jwtManager.onSessionEnd(verified, resolve));
    expect([reason, issuer.requests.length]).to.deep.equal(['expired', requests]);
  });

  it('are not fetched for a token whose header cannot be read', async () => {
    const [, ...others] = token().split('.');
    await isInvalid(manager(), ['bm8', ...others].join('.'));
    expect(issuer.requests).to.deep.equal([]);
  });

  it('are reported as unavailable to operators, and no other issuer and no key of ours is affected', async () => {
    const second = await startIssuer();
    const jwtManager = new JwtManager({
      secret,
      trustedIssuers: [issuer, second].map(({ url }) => ({
        issuer: url,
        jwksUri: `${url}/jwks`,
        audience: 'api',
      })),
      clock,
    });
    const events: RejectedEvent[] = [];
    jwtManager.on('rejected', (event) => events.push(event));
    issuer.replies.delete('/jwks');
    await isUnavailable(jwtManager);
    await isAccepted(jwtManager, issuerToken(second.url));
    await isAccepted(jwtManager, await jwtManager.createAccessToken('ada'));
    expect(events.map(({ code, reason }) => [code, reason])).to.deep.equal([
      ['ERR_JWT_ISSUER', 'issuer keys'],
    ]);
    await second.close();
  });

  it('of one issuer do not verify the tokens of another', async () => {
    const second = await startIssuer([issuerJwk({}, 'RS256', other)]);
    const jwtManager = new JwtManager({
      trustedIssuers: [issuer, second].map(({ url }) => ({
        issuer: url,
        jwksUri: `${url}/jwks`,
        audience: 'api',
      })),
      clock,
    });
    await isInvalid(jwtManager, issuerToken(second.url));
    await isAccepted(jwtManager, issuerToken(second.url, { key: other.privateKey }));
    await isInvalid(jwtManager, issuerToken(issuer.url, { key: other.privateKey }));
    await isAccepted(jwtManager);
    await second.close();
  });
});

/** Writes until the other side gives up. */
function stream(_: unknown, response: ServerResponse): void {
  const endless = new Readable({ read: () => endless.push(' '.repeat(65_536)) });
  response.on('close', () => endless.destroy());
  endless.pipe(response);
}
