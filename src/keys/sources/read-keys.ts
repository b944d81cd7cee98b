import { ConfigurationError } from '../../errors/errors';
import { reject, type Key } from '../key';
import { checkSet } from '../key-ring';
import { jwkSource } from './jwk';
import { jwksSource } from './jwks';
import type { KeyOptions, KeySource } from './key-source';
import { pemSource } from './pem';
import { secretSource } from './secret';

/** The forms of key texts. The first one that recognizes a text reads it. Any other text is a secret. */
const keySources: readonly KeySource[] = [pemSource, jwkSource, jwksSource];

/** Quotes around JSON or PEM, which Docker keeps from an env file. */
const quoted = /^(["'])((?:[[{]|-----BEGIN).*)\1$/s;

/**
 * Reads the keys of a text in any form that there is.
 *
 * @param place what holds the text, for errors
 * @throws {@link ConfigurationError} that names the form and shows nothing of the text
 */
export function readKeys(given: string, place: string, options: KeyOptions): readonly Key[] {
  const text = given.trim().replace(quoted, '$2');
  if (text === '') reject(`${place} is empty`);
  if (text.includes('\uFFFD'))
    reject(`${place} is not text in UTF-8. Write a random secret as base64url text, not as bytes`);
  const source = keySources.find((candidate) => candidate.recognizes(text)) ?? secretSource;
  try {
    checkOptions(source, options);
    const keys = source.read(text, options);
    checkSet(keys);
    return keys;
  } catch (error) {
    const { message } = error as ConfigurationError;
    throw new ConfigurationError(`${place} was read as ${source.name}: ${message}`);
  }
}

function checkOptions({ options: known }: Pick<KeySource, 'options'>, options: KeyOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !known.includes(name as keyof KeyOptions))
      reject(`the option ${name} does not apply to it`);
  }
}
