import { unixTime } from '../../util/clock';
import type { Arguments } from '../arguments';
import type { Command, CommandResult, Terminal } from '../command';
import { inspectToken } from '../inspection';
import { tokenFrom } from '../token-input';
import { contentsOf } from '../token-report';

/** Shows what a token holds. */
export const inspect: Command = {
  usage: '[TOKEN]',
  details:
    'Its text is never printed as a whole. Without TOKEN, it is read from the input, which\n' +
    'keeps it out of the history of your shell. The signature is not checked: use verify.',
  positionals: ['TOKEN'],
  options: {},
  examples: ['inspect eyJ…', 'pbpaste | npx routing-controllers-jwt inspect'],
  run: show,
};

async function show(given: Arguments, io: Terminal): Promise<CommandResult> {
  const now = unixTime(io.clock);
  const inspection = inspectToken(await tokenFrom(given, io), now);
  const { type, header, claims, problems } = inspection;
  const lines = [
    ...(type === undefined ? [] : [`Type: ${type}`]),
    ...contentsOf(inspection, now),
    ...(problems.length === 0 ? ['Nothing is wrong as far as can be seen without a key.'] : ['Wrong:']),
    ...problems.map(({ part, message }) => `  ${part}: ${message}`),
    'The signature was not checked. To check it, use verify.',
  ];
  return {
    text: lines.join('\n'),
    json: { type, header, claims, problems, signatureChecked: false },
    isWrong: problems.length > 0,
  };
}
