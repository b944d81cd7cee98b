import { inspect } from 'node:util';
import { expect } from 'chai';
import { ConfigurationError } from '../../src/errors/errors';
import { KeySet } from '../../src/keys/key-set';
import { refusalOf } from './rejected';

/** Expects that no KeySet comes of it, and that what is said about it helps and shows nothing of the key. */
export async function expectRefused(
  attempt: () => unknown,
  says: RegExp,
  material: string | Buffer = '',
): Promise<void> {
  const error = await refusalOf(attempt, ConfigurationError);
  expect(error.message).to.match(says);
  const shown = `${inspect(error)} ${JSON.stringify(error)} ${String(error.stack)}`;
  for (const piece of piecesOf(material)) expect(shown).not.to.include(piece);
}

/** Twelve characters in a row of each line; a line of PEM that says what the rest is may be quoted. */
function piecesOf(material: string | Buffer): string[] {
  const lines = material.toString('latin1').split(/\r|\n|\\n|-----[A-Z0-9 ]+-----/);
  return lines.filter((line) => line.length >= 12).map((line) => line.slice(0, 12));
}

/** The constructors of a KeySet without their types, for what a program in JavaScript may hand over. */
export const untypedKeySet = KeySet as unknown as Readonly<
  Record<
    'fromSecret' | 'fromPem' | 'fromJwks' | 'fromEnv' | 'fromFile' | 'generate',
    (...given: unknown[]) => KeySet
  >
>;
