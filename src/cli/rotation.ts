import type { Algorithm } from '../keys/key';
import { CommandError } from './command';
import { listOf, type KeyList } from './key-list';
import { createJwk } from './new-key';

/** The new key that is asked for. */
export interface WantedKey {
  readonly algorithm: Algorithm | undefined;
  readonly kid: string | undefined;
}

/** A step of a rotation: the keys that come out of it, and what to say about it. */
export interface Step {
  readonly after: KeyList;
  readonly done: string;
  /** What to do next, if there is anything. */
  readonly next?: string;
}

/** Changes the keys of a file. */
export type Change = (before: KeyList, file: string) => Step | Promise<Step>;

/** Adds a new key at the end: it verifies, and does not sign yet. */
export function announce({ algorithm, kid }: WantedKey): Change {
  return async (before, file) => {
    const jwk = await createUniqueJwk(before, { algorithm, kid }, file);
    return {
      after: listOf([...before.keys, jwk], file),
      done: `added the ${jwk.alg} key ${jwk.kid}, which verifies and does not sign yet`,
      next:
        'when every process and every service that verifies your tokens has it: ' +
        `npx routing-controllers-jwt rotate ${file} --sign ${jwk.kid}`,
    };
  };
}

/** Moves a key to the front, so that it signs. */
export function sign(kid: string): Change {
  return (before, file) => {
    const key = find(before, kid, file);
    const after = listOf([key, ...before.keys.filter((other) => other !== key)], file);
    if (after.signs !== kid) throw new CommandError(`${file}: the key cannot sign, it has no private half`);
    const isChanged = before.signs !== kid;
    return {
      after,
      done: isChanged ? `${kid} signs` : `${kid} signs already`,
      ...(isChanged && {
        next:
          `when the last token of ${before.signs} has expired: ` +
          `npx routing-controllers-jwt rotate ${file} --remove ${before.signs}`,
      }),
    };
  };
}

/** Removes a key that does not sign. */
export function remove(kid: string): Change {
  return (before, file) => {
    const key = find(before, kid, file);
    if (kid === before.signs)
      throw new CommandError(
        `${file}: ${kid} is the key that signs. Sign with another one first (--sign), or use --leaked`,
      );
    const keys = before.keys.filter((other) => other !== key);
    return { after: listOf(keys, file), done: `removed ${kid}. Tokens that it signed are rejected` };
  };
}

/** Replaces all keys with a new one. */
export function replaceAll({ algorithm, kid }: WantedKey): Change {
  return async (before, file) => {
    const jwk = await createUniqueJwk(before, { algorithm, kid }, file);
    return {
      after: listOf([jwk], file),
      done: `replaced all keys with the ${jwk.alg} key ${jwk.kid}. Tokens of the old keys are rejected`,
      next: 'restart the services that cache your JWK set: until they fetch it again, they accept the old keys',
    };
  };
}

async function createUniqueJwk(before: KeyList, { algorithm, kid }: WantedKey, file: string) {
  const jwk = await createJwk(algorithm ?? before.algorithm, kid);
  if (before.keys.some((key) => key.kid === jwk.kid))
    throw new CommandError(`${file} has a key of this name. Choose another --kid`);
  return jwk;
}

function find({ keys }: KeyList, kid: string, file: string): KeyList['keys'][number] {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key) return key;
  throw new CommandError(
    `${file} has no key of this name. Its keys are: ${keys.map((one) => one.kid).join(', ')}`,
  );
}
