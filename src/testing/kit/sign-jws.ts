import { constants, sign, type SignKeyObjectInput } from 'node:crypto';
import { promisify } from 'node:util';
import { hashOf } from '../../keys/key';
import type { SigningKey } from '../../keys/key-ring';

const signAsync = promisify<string | null, Buffer, SignKeyObjectInput, Buffer>(sign);

/** Signs whatever another issuer might sign (RFC 7515, section 7.1), with the key of a key pair. */
export async function signJws(
  typ: string,
  claims: object,
  { algorithm, kid, signingKey: key }: SigningKey,
): Promise<string> {
  const signed = [{ alg: algorithm, typ, kid }, claims].map(encode).join('.');
  const padding = algorithm.startsWith('PS') && {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  const signature = await signAsync(hashOf(algorithm), Buffer.from(signed), {
    key,
    dsaEncoding: 'ieee-p1363',
    ...padding,
  });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
