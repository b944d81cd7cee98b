// The sections of docs/guides/errors.md: all errors, with the responses that they cause.
import { STATUS_CODES } from 'node:http';
import { createRequire } from 'node:module';
import { commentOf, exportsOf, tableOf } from './source.mjs';

const library = createRequire(import.meta.url)('../../dist/src/index.js');

/** Arguments of the constructors, so that the page shows what usual apps respond. */
const samples = {
  TokenMissingError: ['Missing Authorization Header'],
  WrongTokenTypeError: ['access'],
  FreshTokenRequiredError: [300],
  PermissionDeniedError: ['posts:read posts:write'],
  TooManyAttemptsError: [900],
  ConfigurationError: ['…'],
};

/** Every error that users can meet, with the comment of its class, by status and then in the order of the source. */
const errors = exportsOf('src/index.ts')
  .filter(({ name }) => library[name]?.prototype instanceof library.JwtError)
  .sort((one, other) => one.declaration.pos - other.declaration.pos)
  .map((found) => ({
    error: new library[found.name](...(samples[found.name] ?? [])),
    when: commentOf(found),
  }))
  .sort((one, other) => one.error.status - other.error.status);

export function table() {
  const rows = errors.map(({ error }) => [
    `\`${error.name}\``,
    `\`${error.code}\``,
    error.status,
    error.toJSON().msg,
    error.challenge ? `\`${error.challenge.error}\`` : error.status === 401 ? 'no `error`' : 'no challenge',
  ]);
  return tableOf(['Class', 'Code', 'HTTP', 'Message', 'Challenge'], rows);
}

export function responses() {
  return errors.map(({ error, when }) => `### ${error.name}\n\n${when}\n\n${responseOf(error)}`).join('\n\n');
}

function responseOf(error) {
  const headers = Object.entries(error.headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`;
  return ['```http', status, ...headers, '', JSON.stringify(error), '```'].join('\n');
}
