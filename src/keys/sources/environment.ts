import { reject, type Key } from '../key';
import type { KeyOptions } from './key-source';
import { readKeys } from './read-keys';

/** A longer name may be a secret that was passed in its place. */
const longestShownName = 31;

/** Reads the keys in an environment variable. */
export function keysFromEnvironment(name: unknown, options: KeyOptions): readonly Key[] {
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    reject("KeySet.fromEnv: name must be the name of an environment variable, such as 'JWT_KEYS'");
  const text = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  const shown = name.length <= longestShownName ? name : 'the variable';
  if (text === undefined) reject(`KeySet.fromEnv: ${shown} is not set in the environment`);
  return readKeys(text, `KeySet.fromEnv: ${shown}`, options);
}
