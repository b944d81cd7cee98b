import { unixTime } from '../../util/clock';
import type { Arguments } from '../arguments';
import { UsageError, type Command, type CommandResult, type Terminal } from '../command';
import { inspectToken } from '../inspection';
import { keyOptions, keysOf } from '../key-options';
import { tokenFrom } from '../token-input';
import { contentsOf } from '../token-report';
import { verdictOf, type Verdict } from '../verdict';

/** Verifies a token as a `JwtManager` does. */
export const verify: Command = {
  usage: '[TOKEN]',
  details:
    'It is accepted or rejected as by a JwtManager with the same keys, issuer and audience.\n' +
    'Whether it was revoked is not checked: the store of your application knows that.\n' +
    'Without TOKEN, it is read from the input.',
  positionals: ['TOKEN'],
  options: {
    keys: {
      type: 'text',
      value: 'FILE',
      help: 'the keys: a JWK set, such as the public one of jwks, a PEM or a secret',
    },
    ...keyOptions,
    issuer: { type: 'text', value: 'NAME', help: 'the issuer of your JwtManager, if it has one' },
    audience: {
      type: 'list',
      value: 'NAME',
      help: 'an audience of your JwtManager, if it has one; can be repeated',
    },
    type: { type: 'text', value: 'TYPE', help: 'access (default), refresh or any' },
  },
  examples: [
    'verify --keys jwks.json eyJ…',
    'pbpaste | npx routing-controllers-jwt verify --env JWT_KEYS --type any',
  ],
  run: check,
};

async function check(given: Arguments, io: Terminal): Promise<CommandResult> {
  const type = given.text('type') ?? 'access';
  if (type !== 'access' && type !== 'refresh' && type !== 'any')
    throw new UsageError('--type must be access, refresh or any');
  const keys = keysOf(given.text('keys'), '--keys', given);
  const text = await tokenFrom(given, io);
  const verdict = await verdictOf(text, {
    keys,
    type,
    issuer: given.text('issuer'),
    audience: given.list('audience'),
    clock: io.clock,
  });
  const now = unixTime(io.clock);
  const inspection = inspectToken(text, now);
  const { header, claims } = inspection;
  return {
    text: [lineOf(verdict), ...contentsOf(inspection, now, verdict.valid ? '' : ', not verified')].join('\n'),
    json: { ...verdict, header, claims },
    isWrong: !verdict.valid,
  };
}

function lineOf(verdict: Verdict): string {
  if (verdict.valid) return `Valid: ${verdict.type} token. Whether it was revoked was not checked.`;
  return `Rejected: ${verdict.message} (${verdict.code}, ${verdict.reason}). ${verdict.hint}`.trim();
}
