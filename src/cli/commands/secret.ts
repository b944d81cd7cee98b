import { randomBytes } from 'node:crypto';
import { hashBytes, isSecretAlgorithm } from '../../keys/key';
import type { Arguments } from '../arguments';
import { UsageError, type Command, type CommandResult } from '../command';
import { createSecretFile } from '../secret-file';

/** Creates a secret for HMAC. */
export const secret: Command = {
  usage: '',
  details: 'Anyone who has it can sign tokens for any user.',
  positionals: [],
  options: {
    alg: { type: 'text', value: 'NAME', help: 'HS256 (default), HS384 or HS512, which need longer secrets' },
    out: {
      type: 'text',
      value: 'FILE',
      help: 'write a new file that only you can read, instead of the output',
    },
  },
  examples: [
    'secret',
    'secret --out jwt-secret.txt',
    'export JWT_SECRET_KEY="$(npx routing-controllers-jwt secret)"',
  ],
  run: generate,
};

async function generate(given: Arguments): Promise<CommandResult> {
  const algorithm = given.text('alg') ?? 'HS256';
  if (!isSecretAlgorithm(algorithm))
    throw new UsageError('--alg must be HS256, HS384 or HS512. Other algorithms have key pairs: use keygen');
  const text = randomBytes(hashBytes[algorithm]).toString('base64url');
  const out = given.text('out');
  if (out === undefined) return { text, json: { algorithm, secret: text } };
  await createSecretFile(out, `${text}\n`);
  return {
    text: `${out}: created a secret for ${algorithm}. Only you can read the file. Keep it out of version control.`,
    json: { file: out, algorithm },
  };
}
