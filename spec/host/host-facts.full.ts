import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { environmentWith } from '../support/environment';

const bareHost = join(__dirname, '../support/bare-host.js');

/** How the bare host answered an error: with which of three headers, of the error, of the method, of a middleware. */
const answer = (status: number, body: unknown, error: unknown, method: unknown, before: unknown) => ({
  status,
  body,
  error,
  method,
  before,
});

describe('the host alone', () => {
  let measured: Record<string, unknown>;

  before(async () => {
    const child = fork(bareHost, { env: environmentWith(undefined) });
    [measured] = (await once(child, 'message')) as [Record<string, unknown>];
    await once(child, 'exit');
  });

  const facts: [fact: string, what: string, value: unknown][] = [
    ['is measured without this library', 'is alone', []],
    ['drops @Authorized on a base class', '@Authorized on a base class', { status: 200, calls: 0 }],
    [
      'drops @Authorized on a method of a base class',
      '@Authorized on a method of a base class',
      { status: 200, calls: 0 },
    ],
    [
      'drops @Authorized on a method that is overridden',
      '@Authorized on an overridden method',
      { status: 200, calls: 0 },
    ],
    [
      'drops the parameter decorators of a method of a base class, which runs with undefined',
      'parameters of a method of a base class',
      { parameters: ['undefined', 'undefined'] },
    ],
    [
      'hands decorated parameters over in a row, whatever their places',
      'a parameter behind one without a decorator',
      { first: '7', id: null },
    ],
    ['takes the lower of two @Authorized only', 'two @Authorized on one method', [['lower']]],
    [
      'hands what stands on class and method to the checker in one list, untouched',
      '@Authorized on class and method',
      { roles: [{ an: 'object' }, 'method'], isUntouched: true },
    ],
    ['runs @UseBefore before the checker', '@UseBefore and @Authorized', ['before', []]],
    [
      'runs a method with undefined for a required custom parameter',
      'a required parameter that is undefined',
      { type: 'undefined' },
    ],
    [
      'makes 401 of false, 403 where there are roles, and tells the whole URL',
      'a checker that answers false',
      { bare: 401, roles: 403, tellsTheQuery: true },
    ],
    ['does not run a method whose checker rejects', 'a checker that throws later', { status: 403, runs: 0 }],
    ['does not run a method when there is no checker', 'no checker at all', { status: 500, runs: 0 }],
    ['takes the checker off its object', 'the checker as a method', 401],
    ['asks the checker for HEAD', 'HEAD of a protected GET', { status: 200, calls: 1, runs: 1 }],
    ['answers OPTIONS itself', 'OPTIONS of a protected GET', { status: 200, calls: 0, runs: 0 }],
    [
      'reads all parameters at once, behind the checker',
      'parameters of one method',
      [1, 'a starts', 'b starts', 'a ends', 'b ends'],
    ],
    ['asks for the user once for each parameter', 'currentUserChecker for two parameters', 2],
    ['keeps one storage for the process', 'the storage', { isGlobal: true }],
    [
      'asks the storage for the rules and parameters of every method, by the exact class',
      'what the storage is asked when a server is made',
      ['filterParamsWithTargetAndMethod', 'filterResponseHandlersWithTargetAndMethod'],
    ],
    [
      'makes a body of every enumerable property of an error, and of the stack',
      'an error, with the handler',
      answer(
        418,
        { name: 'HttpError', message: 'short and stout', extra: 'an own property', stack: 'a stack' },
        null,
        'declares',
        'set',
      ),
    ],
    [
      'keeps the stack to itself in production',
      'an error, with the handler, in production',
      answer(
        418,
        { name: 'HttpError', message: 'short and stout', extra: 'an own property' },
        null,
        'declares',
        'set',
      ),
    ],
    [
      'answers 500 to an error that is no HttpError',
      'an error that is no HttpError, with the handler',
      answer(500, { name: 'Error', message: 'a fault' }, null, 'declares', 'set'),
    ],
    [
      'makes a body of toJSON where there is one',
      'an error with toJSON, with the handler',
      answer(418, { body: 'of toJSON' }, null, 'declares', 'set'),
    ],
    [
      'takes no headers from an error, and prints them into the body',
      'an error with headers, with the handler',
      answer(
        418,
        { name: 'HttpError', message: 'short and stout', headers: { 'X-Error': 'yes' } },
        null,
        'declares',
        'set',
      ),
    ],
    [
      'leaves errors to Koa without its handler, which answers 500 and wipes all headers',
      'an error, without the handler',
      answer(500, 'Internal Server Error', null, null, null),
    ],
    [
      "lets Koa take an error's status, message and headers",
      'an error with status and headers, without the handler',
      answer(418, 'short and stout', 'yes', null, null),
    ],
    [
      'lets Koa hide the message of an error that is not to be shown',
      'an error that is not to be shown, without the handler',
      answer(418, "I'm a Teapot", null, null, null),
    ],
    [
      'sends the stack of an error in a text controller',
      'an error in a text controller',
      answer(418, 'Error and a stack', null, null, 'set'),
    ],
    [
      'sends the message of an error in a text controller in production',
      'an error in a text controller, in production',
      answer(418, 'short and stout', null, null, 'set'),
    ],
    [
      'resets the prototype of an HttpError',
      'the prototype of an HttpError',
      { isTeapot: false, isHttpError: true },
    ],
    [
      'leaves a malformed body to Koa',
      'a malformed body',
      { status: 400, type: 'text/plain; charset=utf-8', errors: 1 },
    ],
    ['runs a middleware behind it after a method has answered', 'a middleware behind the server', 1],
    ['sends every answer through writeHead', 'how an answer leaves', [200, 418, 404]],
    ['sees the first of two headers, as Node does', 'two headers of one name', ['one', ['one', 'two']]],
    ['is one and the same when it is imported and required', 'the host, imported and required', true],
  ];

  for (const [fact, what, value] of facts) {
    it(fact, () => {
      expect(measured[what]).to.deep.equal(value);
    });
  }

  it('is measured in full', () => {
    expect(facts.map(([, what]) => what).sort()).to.deep.equal(Object.keys(measured).sort());
  });

  it('dies of one error whose status cannot be written', async () => {
    const child = fork(bareHost, ['die'], { silent: true });
    const printed: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    expect(await once(child, 'exit')).to.deep.equal([1, null]);
    expect(printed.join('')).to.include('Cannot set property status');
  });
});
