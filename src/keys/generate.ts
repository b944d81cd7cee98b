import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { curves, isEcAlgorithm, type KeyPairAlgorithm } from './key';

const generate = promisify(generateKeyPair) as (
  type: 'ec' | 'rsa',
  options: object,
) => Promise<{ privateKey: string }>;

/** A new private key as PEM: exporting a KeyObject that was generated just now can hang on Node 20. */
export async function generatePrivatePem(algorithm: KeyPairAlgorithm): Promise<string> {
  const encodings = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  };
  const { privateKey } = isEcAlgorithm(algorithm)
    ? await generate('ec', { namedCurve: curves[algorithm], ...encodings })
    : await generate('rsa', { modulusLength: 2048, ...encodings });
  return privateKey;
}
