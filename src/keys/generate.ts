import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { curves, isEcAlgorithm, isEdAlgorithm, type KeyPairAlgorithm } from './key';

const generate = promisify(generateKeyPair) as (
  type: 'ec' | 'ed25519' | 'rsa',
  options: object,
) => Promise<{ privateKey: string }>;

/** A new private key as PEM: exporting a KeyObject that was generated just now can hang on Node 20. */
export async function generatePrivatePem(algorithm: KeyPairAlgorithm): Promise<string> {
  const encodings = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  };
  const { privateKey } = await generate(...kindOf(algorithm, encodings));
  return privateKey;
}

function kindOf(algorithm: KeyPairAlgorithm, encodings: object): Parameters<typeof generate> {
  if (isEdAlgorithm(algorithm)) return ['ed25519', encodings];
  return isEcAlgorithm(algorithm)
    ? ['ec', { namedCurve: curves[algorithm], ...encodings }]
    : ['rsa', { modulusLength: 2048, ...encodings }];
}
