import { isPlainObject } from '../../util/json';
import { keysFromJwks } from './jwks';
import type { KeySource } from './key-source';

/** The JSON of a single JWK (RFC 7517, section 4). */
export const jwkSource: KeySource = {
  name: 'a JWK',
  options: ['algorithm', 'kid'],
  recognizes: (text) => jwkIn(text) !== undefined,
  read: (text, { algorithm, kid }) => {
    const jwk = jwkIn(text);
    return keysFromJwks({ keys: [kid === undefined ? jwk : { ...jwk, kid }] }, algorithm);
  },
};

function jwkIn(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isPlainObject(json) && 'kty' in json ? json : undefined;
  } catch {
    return undefined;
  }
}
