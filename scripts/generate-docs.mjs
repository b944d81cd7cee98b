// Writes into the documentation what the built code says about itself: the errors, into docs/guides/errors.md.
//   node scripts/generate-docs.mjs [--check] [page]
// With --check nothing is written; a page that differs from the code ends it with 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const built = new URL('../dist/src/', import.meta.url);
const library = createRequire(import.meta.url)(new URL('index.js', built).pathname);
const declarations = readFileSync(new URL('errors/errors.d.ts', built), 'utf8');

/** What is given to the classes that take something, so that the page shows what usual apps answer. */
const samples = {
  TokenMissingError: ['Missing Authorization Header'],
  WrongTokenTypeError: ['access'],
  FreshTokenRequiredError: [300],
  PermissionDeniedError: ['posts:read posts:write'],
  ConfigurationError: ['…'],
};

const sections = { table, answers };

const isCheck = process.argv.includes('--check');
const [page = 'docs/guides/errors.md'] = process.argv.slice(2).filter((word) => word !== '--check');
const present = readFileSync(page, 'utf8');
const wanted = await fill(present);
if (!isCheck) writeFileSync(page, wanted);
else if (present !== wanted) {
  console.error(`${page} is not what the code says: run 'npm run docs' and look at the difference`);
  process.exitCode = 1;
}

async function fill(text) {
  const errors = errorsOf(library);
  const filled = Object.entries(sections).reduce((page, [name, write]) => {
    const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end of generated: ${name} -->`];
    const [before, rest] = page.split(start);
    const after = rest?.split(end)[1];
    if (after === undefined) throw new Error(`the page has no place for the ${name}: ${start} … ${end}`);
    return `${before}${start}\n\n${write(errors)}\n\n${end}${after}`;
  }, text);
  return format(filled, { ...(await resolveConfig(page)), parser: 'markdown' });
}

/** Every error that users can meet, with the sentences that stand above its class. */
function errorsOf({ JwtError, ...exports }) {
  return Object.values(exports)
    .filter((value) => typeof value === 'function' && value.prototype instanceof JwtError)
    .map((type) => ({ error: new type(...(samples[type.name] ?? [])), when: commentOf(type.name) }))
    .sort((one, other) => order(one.error) - order(other.error));
}

/** The order in which the codes are declared. */
function order({ code }) {
  return declarations.indexOf(`'${code}'`);
}

function commentOf(name) {
  const comment = declarations.split(`export declare class ${name} `)[0].split('/**').at(-1);
  return comment
    .replace(/\*\/\s*$/, '')
    .replace(/^\s*\*? ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function table(errors) {
  const rows = errors.map(({ error }) => [
    `\`${error.name}\``,
    `\`${error.code}\``,
    error.status,
    sentenceOf(error),
    error.challenge ? `\`${error.challenge.error}\`` : error.status === 401 ? 'no `error`' : 'no challenge',
  ]);
  return [['Class', 'Code', 'HTTP', 'Sentence', 'Challenge'], Array(5).fill('---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function answers(errors) {
  return errors.map(({ error, when }) => `### ${error.name}\n\n${when}\n\n${answerOf(error)}`).join('\n\n');
}

function answerOf(error) {
  const headers = Object.entries(error.headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`;
  return ['```http', status, ...headers, '', JSON.stringify(error), '```'].join('\n');
}

function sentenceOf(error) {
  return error.toJSON().msg;
}
