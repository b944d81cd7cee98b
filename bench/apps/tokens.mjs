// What all apps have in common: the number of tokens, the keys and the response of their methods.
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';

export const liveTokens = 256;
export const secret = randomBytes(32).toString('base64url');
export const algorithms = ['HS256', 'RS256', 'ES256'];

const pems = {
  RS256: () => pairOf('rsa', { modulusLength: 2048 }),
  ES256: () => pairOf('ec', { namedCurve: 'P-256' }),
};

/** The keys of an algorithm: as text, as an application reads them, and prepared. */
export function keysFor(algorithm) {
  if (algorithm === 'HS256') {
    const key = createSecretKey(Buffer.from(secret));
    return { privateText: secret, publicText: secret, privateKey: key, publicKey: key };
  }
  const { privateKey, publicKey } = pems[algorithm]();
  return {
    privateText: privateKey,
    publicText: publicKey,
    privateKey: createPrivateKey(privateKey),
    publicKey: createPublicKey(publicKey),
  };
}

/** The names of the users, one for each token. */
export const users = Array.from({ length: liveTokens }, (_, index) => `user-${index}`);

export function randomUUIDs(count) {
  return Array.from({ length: count }, () => crypto.randomUUID());
}

function pairOf(type, options) {
  return generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
