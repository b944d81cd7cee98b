import { expect } from 'chai';
import { expectUnavailable, routeNames, routes, startFaultyApp } from '../support/faulty-app';
import type { Fault, FaultyApp, Route } from '../support/faulty-app';
import type { Verb } from '../support/later-store';
import { delaysDuring } from '../support/timers';

const fault = new Error('the store is gone');
const verbs: readonly Verb[] = [
  'createSession',
  'rotateSession',
  'revokeSession',
  'revokeSubject',
  'listSessions',
  'revokeToken',
  'isRevoked',
];

function isHit(route: Route, verb: Fault['verb']): boolean {
  const needed: readonly Verb[] = routes[route];
  return verb === 'all' ? needed.length > 0 : needed.includes(verb);
}

/** Asks every route, each with a login of its own, while the store is broken and when it is not any more. */
async function expectClosed(app: FaultyApp, broken: Fault, defaultErrorHandler = true): Promise<void> {
  const logins = await Promise.all(routeNames.map(async (route) => ({ route, pair: await app.login() })));
  const runs = app.runs;
  app.rejected.splice(0);
  app.fault = broken;
  const answers = await Promise.all(logins.map(({ route, pair }) => app.ask(route, pair)));
  app.fault = undefined;
  for (const [index, { route }] of logins.entries()) {
    const answer = answers[index] as (typeof answers)[0];
    if (isHit(route, broken.verb)) expectUnavailable(answer, route, defaultErrorHandler);
    else expect(answer.status, route).to.equal(200);
  }
  const hit = logins.filter(({ route }) => isHit(route, broken.verb));
  expect(app.rejected.map(({ code }) => code)).to.deep.equal(hit.map(() => 'ERR_JWT_STORE'));
  for (const { reason } of app.rejected)
    expect(reason).to.match(broken.verb === 'all' ? /^store\.\w+ / : new RegExp(`^store.${broken.verb} `));
  const guarded: Route[] = ['GET /protected', 'GET /unchecked', 'GET /refresh-only'];
  expect(app.runs - runs).to.equal(guarded.filter((route) => !isHit(route, broken.verb)).length);
  await expectOpen(app);
}

/** Everything works again, without a restart. */
async function expectOpen(app: FaultyApp): Promise<void> {
  await Promise.all(
    routeNames.map(async (route) => {
      const { status } = await app.ask(route, await app.login());
      expect(status, `${route}, when the store works again`).to.equal(200);
    }),
  );
}

function throws(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

describe('F9: a store', function () {
  this.timeout(20_000);
  const unheard: unknown[] = [];
  const listen = (reason: unknown) => unheard.push(reason);
  before(() => process.on('unhandledRejection', listen));
  after(() => process.off('unhandledRejection', listen));
  afterEach(() => {
    expect(unheard.splice(0)).to.deep.equal([]);
  });

  const failures: [string, Fault['run']][] = [
    ['throws', throws(fault)],
    ['throws nothing', throws(undefined)],
    ['rejects', () => Promise.reject(fault)],
    ['rejects with nothing', async () => throws(undefined)()],
    ['answers what throws when it is awaited', () => ({ then: throws(fault) })],
    ['does it and rejects then', (ask) => Promise.resolve(ask()).then(throws(fault))],
  ];

  for (const defaultErrorHandler of [true, false]) {
    describe(`with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
      let app: FaultyApp;
      before(async () => {
        app = await startFaultyApp(defaultErrorHandler);
      });
      after(() => app.close());

      for (const [name, run] of failures) {
        for (const verb of [...verbs, 'all'] as const) {
          it(`whose ${verb} ${name} lets nothing in`, () =>
            expectClosed(app, { verb, run }, defaultErrorHandler));
        }
      }
    });
  }

  const row = (args: unknown[], changes: object = {}) => {
    const { sessionId, generation } = args[0] as { sessionId: string; generation: number };
    const now = Math.floor(Date.now() / 1000);
    const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + 900 };
    return { id: sessionId, subject: 'ada', generation: generation + 1, ...times, ...changes };
  };
  const outcome = (name: unknown, changes?: object) => (args: unknown[]) => ({
    outcome: name,
    session: row(args, changes),
  });

  const nonsense: Partial<Record<Verb, [string, (args: unknown[]) => unknown][]>> = {
    isRevoked: [
      ['nothing', () => undefined],
      ['null', () => null],
      ['0', () => 0],
      ['1', () => 1],
      ["'false'", () => 'false'],
      ['an empty text', () => ''],
      ['an object', () => ({})],
      ['a list', () => [false]],
      ['a Boolean object', () => new Boolean(false)],
      ['a function', () => () => false],
    ],
    revokeSession: [
      ['nothing', () => undefined],
      ['null', () => null],
      ['1', () => 1],
      ["'true'", () => 'true'],
      ['an object', () => ({ revoked: true })],
    ],
    rotateSession: [
      ['nothing', () => undefined],
      ['null', () => null],
      ['true', () => true],
      ["'rotated'", () => 'rotated'],
      ['a list', () => [{ outcome: 'rotated' }]],
      ['no outcome', (args) => ({ session: row(args) })],
      ['an outcome that there is not', outcome('fine')],
      ['rotated without a row', () => ({ outcome: 'rotated' })],
      ['replayed without a row', () => ({ outcome: 'replayed' })],
      ['rotated with null', () => ({ outcome: 'rotated', session: null })],
      ['rotated with text', () => ({ outcome: 'rotated', session: 'row' })],
      ["somebody else's row", outcome('rotated', { id: 'another' })],
      ['a row that did not move', outcome('rotated', { generation: 0 })],
      ['a row that moved twice', outcome('rotated', { generation: 2 })],
      ['a replay of another generation', outcome('replayed', { generation: 7 })],
      ['a row without an end', outcome('rotated', { expiresAt: undefined })],
      ['a row with an end that is text', outcome('rotated', { expiresAt: '2099-01-01' })],
      ['a row with an end that is no number', outcome('rotated', { expiresAt: NaN })],
      ['a row with an endless end', outcome('rotated', { expiresAt: Infinity })],
      ['a row with a Date', outcome('rotated', { rotatedAt: new Date() })],
      ['a row without a subject', outcome('rotated', { subject: undefined })],
      ["a theft with somebody else's row", outcome('reused', { id: 'another' })],
      ["nothing known, with somebody else's row", outcome('unknown', { id: 'another' })],
    ],
    listSessions: [
      ['nothing', () => undefined],
      ['null', () => null],
      ['text', () => 'ada'],
      ['an object', () => ({ length: 0 })],
      ['a Set', () => new Set()],
      ['a list of nothing', () => [undefined]],
      ['a list of objects', () => [{}]],
      ['rows of somebody else', () => [{ ...row([{ sessionId: 'x', generation: 0 }]), subject: 'bob' }]],
      ['rows without an id', () => [{ ...row([{ sessionId: 'x', generation: 0 }]), id: undefined }]],
    ],
  };

  describe('with an answer that is none', () => {
    let app: FaultyApp;
    before(async () => {
      app = await startFaultyApp();
    });
    after(() => app.close());

    for (const verb of verbs) {
      for (const [name, answer] of nonsense[verb] ?? []) {
        for (const isLater of [false, true]) {
          it(`whose ${verb} ${isLater ? 'promises' : 'answers'} ${name} lets nothing in`, async () => {
            const run = (_: unknown, args: unknown[]) =>
              isLater ? Promise.resolve(answer(args)) : answer(args);
            await expectClosed(app, { verb, run });
          });
        }
      }
    }
  });

  const late: [string, (settle: (() => void)[]) => Fault['run']][] = [
    ['never answers', () => () => new Promise(() => undefined)],
    [
      'rejects too late',
      (settle) => () =>
        new Promise((_, reject) =>
          settle.push(() => {
            reject(fault);
          }),
        ),
    ],
    [
      'answers too late',
      (settle) => (ask) =>
        new Promise((resolve) =>
          settle.push(() => {
            resolve(ask());
          }),
        ),
    ],
  ];
  for (const [name, faultWith] of late) {
    it(`any verb of which ${name} lets nothing in`, async () => {
      await Promise.all(
        ([...verbs, 'all'] as const).map(async (verb) => {
          const app = await startFaultyApp();
          const settle: (() => void)[] = [];
          try {
            await expectClosed(app, { verb, run: faultWith(settle) });
            for (const run of settle) run();
            await new Promise(setImmediate);
            await expectOpen(app);
          } finally {
            await app.close();
          }
        }),
      );
    });
  }

  it('that never answers is waited for no longer than a second', async () => {
    const app = await startFaultyApp();
    const pair = await app.login();
    app.fault = { verb: 'all', run: () => new Promise(() => undefined) };
    const delays = await delaysDuring(async () => {
      const answers = await Promise.all(routeNames.map((route) => app.ask(route, pair)));
      expect(answers.filter(({ status }) => status === 503)).to.have.length(routeNames.length - 1);
    });
    await app.close();
    expect(delays.filter((delay) => delay === 1000)).to.have.length(routeNames.length - 1);
  });
});
