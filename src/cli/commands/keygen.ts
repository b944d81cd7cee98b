import type { Arguments } from '../arguments';
import type { Command, CommandResult } from '../command';
import { algorithmOf, createJwk, kidOf } from '../new-key';
import { createSecretFile } from '../secret-file';

/** Creates a signing key as a JWK set. */
export const keygen: Command = {
  usage: '',
  details:
    'It has the private half of the key: anyone who reads it can sign tokens for any user.\n' +
    'KeySet.fromFile and KeySet.fromEnv read it.',
  positionals: [],
  options: {
    alg: {
      type: 'text',
      value: 'NAME',
      help: 'ES256 (default), ES384, ES512, EdDSA, Ed25519, RS256 …, PS256 …, HS256 …',
    },
    kid: { type: 'text', value: 'NAME', help: 'the name of the key; derived from the key by default' },
    out: {
      type: 'text',
      value: 'FILE',
      help: 'write a new file that only you can read, instead of the output',
    },
  },
  examples: ['keygen --out keys.json', 'keygen --alg EdDSA --kid 2026-12 --out keys.json'],
  run: generate,
};

async function generate(given: Arguments): Promise<CommandResult> {
  const jwk = await createJwk(algorithmOf(given.text('alg') ?? 'ES256'), kidOf(given.text('kid')));
  const set = { keys: [jwk] };
  const out = given.text('out');
  if (out === undefined) return { text: JSON.stringify(set), json: set };
  await createSecretFile(out, `${JSON.stringify(set, null, 2)}\n`);
  const { alg: algorithm, kid } = jwk;
  return {
    text: `${out}: created the ${algorithm} key ${kid}. Only you can read the file. Keep it out of version control.`,
    json: { file: out, algorithm, kid },
  };
}
