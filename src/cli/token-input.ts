import type { Arguments } from './arguments';
import { UsageError, type Terminal } from './command';

/** More text than any token has. */
const maximumLength = 65_536;

/**
 * The token of a command: its argument, or the input if there is none or it is `-`. What surrounds a copied token is
 * removed: white space, quotes, the scheme of a header.
 *
 * @throws UsageError if there is none
 */
export async function tokenFrom(given: Arguments, { stdin }: Terminal): Promise<string> {
  const [argument = '-'] = given.positionals;
  if (argument === '-' && stdin.isTTY)
    throw new UsageError('TOKEN is missing: pass it as an argument, or pipe it to the input');
  const text = argument === '-' ? await readAll(stdin) : argument;
  const token = text
    .trim()
    .replace(/^(?:Authorization: *)?Bearer +/i, '')
    .replace(/^(["'])(.*)\1$/s, '$2');
  if (token === '') throw new UsageError('TOKEN is empty');
  return token;
}

async function readAll(stdin: Terminal['stdin']): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > maximumLength) throw new UsageError('the input is too long for a token');
  }
  return text;
}
