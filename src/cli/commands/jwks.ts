import type { Arguments } from '../arguments';
import type { KeySet } from '../../keys/key-set';
import { CommandError, type Command, type CommandResult } from '../command';
import { keyOptions, keysOf } from '../key-options';

/** Shows the public halves of keys. */
export const jwks: Command = {
  usage: '[FILE]',
  details:
    'Services that verify your tokens need it. FILE is a JWK set, a JWK or a PEM.\n' +
    'A secret has no public half: the command fails.',
  positionals: ['FILE'],
  options: keyOptions,
  examples: ['jwks keys.json', 'jwks --env JWT_KEYS', 'jwks rsa.pem --alg RS256'],
  run: show,
};

function show(given: Arguments): CommandResult {
  const json = publicHalves(keysOf(given.positionals[0], 'FILE', given));
  return { text: JSON.stringify(json, null, 2), json };
}

function publicHalves(keys: KeySet) {
  try {
    return keys.toJwks();
  } catch {
    throw new CommandError(
      'secrets have no public half. Create a key pair: npx routing-controllers-jwt keygen --out FILE',
    );
  }
}
