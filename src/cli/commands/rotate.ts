import type { Arguments } from '../arguments';
import { UsageError, type Command, type CommandResult } from '../command';
import { parseKeyList, textOf } from '../key-list';
import { algorithmOf, kidOf } from '../new-key';
import { announce, remove, replaceAll, sign, type Change, type Step } from '../rotation';
import { changeSecretFile } from '../secret-file';

/** Replaces the key of a file, one step at a time. */
export const rotate: Command = {
  usage: 'FILE',
  details: `FILE is a JWK set with private keys. A rotation has three steps:

  1. Without an option, add a new key. It verifies and does not sign yet.
  2. --sign with it, once every process and every service that verifies your tokens has it.
  3. --remove the old key, once its last token has expired.

In this order no valid token is rejected. Processes with KeySet.fromFile(FILE, { reload })
follow the file.`,
  positionals: ['FILE'],
  options: {
    sign: { type: 'text', value: 'KID', help: 'sign with this key from now on. The others still verify' },
    remove: { type: 'text', value: 'KID', help: 'remove this key. Tokens that it signed are rejected' },
    leaked: { type: 'flag', help: 'replace all keys with a new one at once. All tokens are rejected' },
    alg: {
      type: 'text',
      value: 'NAME',
      help: 'the algorithm of the new key; by default that of the signing key',
    },
    kid: { type: 'text', value: 'NAME', help: 'the name of the new key; derived from the key by default' },
  },
  examples: [
    'rotate keys.json --kid 2026-12',
    'rotate keys.json --sign 2026-12',
    'rotate keys.json --remove 2026-11',
  ],
  run,
};

async function run(given: Arguments): Promise<CommandResult> {
  const [file] = given.positionals;
  if (file === undefined) throw new UsageError('FILE is missing');
  const change = changeOf(given);
  let step!: Step;
  await changeSecretFile(file, async (text) => {
    step = await change(parseKeyList(text, file), file);
    return textOf(step.after);
  });
  return resultOf(file, step);
}

/** Which step to take. At most one option names it. */
function changeOf(given: Arguments): Change {
  const [step, another] = ['sign', 'remove', 'leaked'].filter((name) => given.has(name));
  if (another !== undefined)
    throw new UsageError(`--${String(step)} and --${another} are two steps: use one of them`);
  const kid = given.text(step ?? '');
  if (kid === undefined || kid === '')
    return step === undefined ? announce(newKey(given)) : replaceAll(newKey(given));
  if (given.has('alg') || given.has('kid'))
    throw new UsageError('--alg and --kid are for a new key, and this step creates none');
  return step === 'sign' ? sign(kid) : remove(kid);
}

function newKey(given: Arguments) {
  const algorithm = given.text('alg');
  return {
    algorithm: algorithm === undefined ? undefined : algorithmOf(algorithm),
    kid: kidOf(given.text('kid')),
  };
}

function resultOf(file: string, { after, done, next }: Step): CommandResult {
  const { signs } = after;
  const verifies = after.keys.map(({ kid }) => kid);
  const lines = [
    `${file}: ${done}.`,
    `${signs} signs; all keys that verify: ${verifies.join(', ')}.`,
    ...(next === undefined ? [] : [`Next, ${next}`]),
  ];
  return { text: lines.join('\n'), json: { file, signs, verifies } };
}
