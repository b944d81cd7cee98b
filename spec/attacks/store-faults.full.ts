import { expect } from 'chai';
import { expectUnavailable, routeNames, routes, startFaultyApp } from '../support/faulty-app';
import type { Fault, FaultyApp, Route } from '../support/faulty-app';
import type { Verb } from '../support/later-store';
import { delaysDuring } from '../support/timers';
import type { Rotation } from '../../src';

const fault = new Error('the store is gone');
const verbs: readonly Verb[] = [
  'createSession',
  'findSession',
  'rotateSession',
  'revokeSession',
  'revokeSubject',
  'forgetSubject',
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
  this.timeout(120_000);
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

  /** What would be right, but for the changes. */
  const row = (args: unknown[], changes: object = {}) => {
    const { sessionId, subject, generation, now, expiresAt } = args[0] as Rotation;
    const times = { rotatedAt: now, createdAt: now, lastUsedAt: now, expiresAt };
    return { id: sessionId, subject, generation: generation + 1, ...times, ...changes };
  };
  const found = (args: unknown[], changes: object = {}) => {
    const [sessionId, now] = args as [string, number];
    return row([{ sessionId, subject: 'ada', generation: 0, now, expiresAt: now + 900 }], changes);
  };
  const listed = (args: unknown[], changes: object = {}) => {
    const [subject, now] = args as [string, number];
    return row([{ sessionId: 'x', subject, generation: 0, now, expiresAt: now + 900 }], changes);
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
      ["a row of somebody else's", outcome('rotated', { subject: 'another' })],
      ['a row that is revoked', outcome('rotated', { revokedAt: 1 })],
      ['a row that has expired', outcome('rotated', { expiresAt: 1 })],
      ['a row with another end', outcome('rotated', { expiresAt: 9_999_999_999 })],
      ['a row that was rotated at another time', outcome('rotated', { rotatedAt: 1 })],
      ['a row that was used at another time', outcome('rotated', { lastUsedAt: 1 })],
      ['a row with half a generation', outcome('rotated', { generation: 1.5 })],
      ['a row whose address is a number', outcome('rotated', { ip: 1 })],
      ['a row whose device is null', outcome('rotated', { userAgent: null })],
      ['a row revoked at no time', outcome('rotated', { revokedAt: null })],
      ["a replay of somebody else's row", outcome('replayed', { subject: 'another' })],
      ['a replay of a revoked row', outcome('replayed', { revokedAt: 1 })],
      ['a replay of a row that has expired', outcome('replayed', { expiresAt: 1 })],
      ['a theft without a row', () => ({ outcome: 'reused', flipped: true })],
      ['a theft that revoked nothing', outcome('reused')],
      ["a theft of somebody else's row", outcome('reused', { subject: 'another', revokedAt: 1 })],
      [
        'a theft that may have been the first',
        (args) => ({ ...outcome('reused', { revokedAt: 1 })(args), flipped: 1 }),
      ],
      ["a theft with somebody else's row", outcome('reused', { id: 'another', revokedAt: 1 })],
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
      ['rows of somebody else', (args) => [listed(args, { subject: 'bob' })]],
      ['rows without an id', (args) => [listed(args, { id: undefined })]],
      ['rows that are revoked', (args) => [listed(args, { revokedAt: 1 })]],
      ['rows that have expired', (args) => [listed(args, { expiresAt: 1 })]],
      ['one row twice', (args) => [listed(args), listed(args)]],
      ['the oldest first', (args) => [listed(args, { createdAt: 1 }), listed(args, { id: 'y' })]],
      ['the smallest id first', (args) => [listed(args), listed(args, { id: 'y' })]],
      [
        'more than were asked for',
        (args) => Array.from({ length: 101 }, (_, index) => listed(args, { createdAt: 1000 - index })),
      ],
    ],
    findSession: [
      ['null', () => null],
      ['true', () => true],
      ['a list', (args) => [found(args)]],
      ['another row', (args) => found(args, { id: 'another' })],
      ['a row that is revoked', (args) => found(args, { revokedAt: 1 })],
      ['a row that has expired', (args) => found(args, { expiresAt: 1 })],
      ['a row without a generation', (args) => found(args, { generation: undefined })],
    ],
    createSession: [
      ['nothing', () => undefined],
      ['true', () => true],
      ['an object', () => ({})],
      ['no list of who ended', () => ({ created: true })],
      ['a list that holds no ids', () => ({ created: true, ended: [1] })],
      ['a login that ended others and did not come about', () => ({ created: false, ended: ['x'] })],
      ['a login that came about in a way', () => ({ created: 'yes', ended: [] })],
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

  it('whose rotateSession tells the row of a session that it does not know ends that session alone', async () => {
    const app = await startFaultyApp();
    const pair = await app.login();
    app.fault = { verb: 'rotateSession', run: (_, args) => outcome('unknown')(args) };
    const { status, body } = await app.ask('POST /refresh', pair);
    expect([status, body]).to.deep.equal([401, { msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' }]);
    await app.close();
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
