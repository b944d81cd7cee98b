import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import {
  CsrfError,
  JwtRequired,
  TokenMissingError,
  type AuthorizationCheckerOptions,
  type JwtError,
  type JwtRequirement,
  type RejectedEvent,
  type TokenLocation,
} from '../../src';
import {
  bearer,
  doorCount,
  expectAdmission,
  expectAnswer,
  expectRefusal,
  knock,
  openDoors,
  refusals,
  type Doors,
  type Refusal,
} from '../support/doors';
import { isFull, shortList } from '../support/full';
import { testManager } from '../support/manager';
import { delaysDuring } from '../support/timers';

const { denied, hook, invalid, missing } = refusals;

const fault = new Error('a mistake of the application');
const never = new Promise<never>(() => undefined);

/** Something that can be awaited and is no promise. */
const thenable = (then: (resolve: (value: unknown) => void) => void): unknown => ({ then });

function throws(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

/** A manager that keeps what it reports, with the shortest patience there is. */
function watchedManager() {
  const events: RejectedEvent[] = [];
  const jwtManager = testManager({ hookTimeout: 1 }).on('rejected', (event) => events.push(event));
  return { jwtManager, events };
}

async function withDoors(
  { jwtManager, events }: ReturnType<typeof watchedManager>,
  requirement: JwtRequirement,
  options: AuthorizationCheckerOptions,
  use: (doors: Doors, token: string) => Promise<void>,
): Promise<RejectedEvent[]> {
  const doors = await openDoors(jwtManager, JwtRequired(requirement), options);
  try {
    await use(doors, await jwtManager.createAccessToken('ada'));
  } finally {
    await doors.close();
  }
  return events;
}

/** Expects one event for each refusal. */
function expectEvents(events: RejectedEvent[], refusal: Refusal, details: object): void {
  expect(events).to.have.length(doorCount);
  for (const event of events) expect(event).to.include({ code: refusal.code, ...details });
}

/** Fails a case that leaves something behind that rejects unheard: it would end the process. */
function failOnUnheardRejections(): void {
  const unheard: unknown[] = [];
  const listen = (reason: unknown) => unheard.push(reason);
  before(() => process.on('unhandledRejection', listen));
  after(() => process.off('unhandledRejection', listen));
  afterEach(() => {
    expect(unheard.splice(0)).to.deep.equal([]);
  });
}

describe('G6: a check', () => {
  failOnUnheardRejections();

  const refused: [name: string, check: () => unknown, cause?: unknown][] = [
    ['throws', throws(fault), fault],
    ['throws nothing', throws(undefined)],
    ['throws an error of ours', throws(new TokenMissingError())],
    ['rejects', () => Promise.reject(fault), fault],
    ['rejects with nothing', async () => throws(undefined)()],
    ['answers false', () => false],
    ['answers nothing', () => undefined],
    ['answers null', () => null],
    ['answers 1', () => 1],
    ["answers 'true'", () => 'true'],
    ['answers an object', () => ({})],
    ['answers a list', () => [true]],
    ['answers a Boolean object', () => new Boolean(true)],
    ['answers a function', () => () => true],
    ['answers a symbol', () => Symbol('true')],
    ['promises false', () => Promise.resolve(false)],
    ['promises 1', () => Promise.resolve(1)],
    ["promises 'true'", async () => 'true'],
    ['promises an object', async () => ({ allowed: true })],
    [
      'answers something that resolves to 1',
      () =>
        thenable((resolve) => {
          resolve(1);
        }),
    ],
    ['answers something that throws when it is awaited', () => thenable(throws(fault)), fault],
    [
      'answers something that cannot be awaited',
      () => Object.defineProperty({}, 'then', { get: throws(fault) }),
      fault,
    ],
    ['writes to the token', (...[token]: unknown[]) => Object.assign(token as object, { roles: ['admin'] })],
  ];

  for (const [name, check, cause] of refused) {
    it(`that ${name} refuses`, async () => {
      const requirement = { check } as unknown as JwtRequirement;
      const events = await withDoors(watchedManager(), requirement, {}, (doors, token) =>
        expectRefusal(doors, denied, bearer(token)),
      );
      expectEvents(events, denied, {
        reason: 'check',
        identity: 'ada',
        method: 'GET',
        ...(cause !== undefined && { cause }),
      });
    });
  }

  const admitting: [name: string, check: () => unknown][] = [
    ['answers true', () => true],
    ['promises true', () => Promise.resolve(true)],
    [
      'answers something that resolves to true',
      () =>
        thenable((resolve) => {
          resolve(true);
        }),
    ],
  ];

  for (const [name, check] of admitting) {
    it(`that ${name} admits`, async () => {
      const requirement = { check } as unknown as JwtRequirement;
      const events = await withDoors(watchedManager(), requirement, {}, (doors, token) =>
        expectAdmission(doors, bearer(token)),
      );
      expect(events).to.deep.equal([]);
    });
  }

  const late = [
    [
      'settles too late',
      (late: PromiseWithVerdict) => {
        late.resolve(true);
      },
    ],
    [
      'rejects too late',
      (late: PromiseWithVerdict) => {
        late.reject(fault);
      },
    ],
    ['never settles', () => undefined],
  ] as const;
  for (const [name, settle] of shortList(late, 1)) {
    it(`that ${name} refuses in time, and nothing happens later`, async () => {
      const late = promiseWithVerdict();
      const requirement: JwtRequirement = { check: () => late.promise };
      const events = await withDoors(watchedManager(), requirement, {}, async (doors, token) => {
        const delays = await delaysDuring(async () => {
          const answers = await Promise.all(doors.all.map((door) => knock(door, bearer(token))));
          doors.all.forEach((door, index) => {
            expectAnswer(door, denied, answers[index] as never);
          });
        });
        expect(delays.filter((delay) => delay === 1000)).to.have.length(doors.all.length);
        settle(late);
        await new Promise(setImmediate);
        expect(doors.runs).to.equal(0);
      });
      expectEvents(events, denied, { reason: 'check' });
      expect((events[0]?.cause as Error).name).to.equal('TimeoutError');
    });
  }

  it('is not asked about a token that is bad, or that the route does not take', async () => {
    let asked = 0;
    const requirement: JwtRequirement = { roles: 'admin', check: () => ++asked > 0 };
    await withDoors(watchedManager(), requirement, {}, async (doors, token) => {
      await expectRefusal(doors, missing, []);
      await expectRefusal(doors, invalid, bearer(`${token}A`));
      await expectRefusal(doors, denied, bearer(token));
    });
    expect(asked).to.equal(0);
  });
});

interface PromiseWithVerdict {
  readonly promise: Promise<boolean>;
  resolve(verdict: boolean): void;
  reject(error: Error): void;
}

function promiseWithVerdict(): PromiseWithVerdict {
  let settle: Omit<PromiseWithVerdict, 'promise'> | undefined;
  const promise = new Promise<boolean>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as unknown as Omit<PromiseWithVerdict, 'promise'>) };
}

describe('G6: a formatError', () => {
  failOnUnheardRejections();

  const cyclic: { self?: object } = {};
  cyclic.self = cyclic;

  const nonsense: [name: string, formatError: (error: unknown) => unknown][] = [
    ['throws', throws(fault)],
    ['throws nothing', throws(undefined)],
    ['answers nothing', () => undefined],
    ['answers null', () => null],
    ['answers a string', () => 'text'],
    ['answers a number', () => 1],
    ['answers a function', () => () => ({})],
    ['answers a cycle', () => cyclic],
    ['answers a bigint', () => ({ id: 1n })],
    ['answers what throws when it is written', () => ({ toJSON: throws(fault) })],
    ['answers what is written as nothing', () => ({ toJSON: () => undefined })],
    ['answers what is written as a string', () => ({ toJSON: () => 'text' })],
    ['answers a promise', async () => ({ later: true })],
    ['answers a promise that rejects', () => Promise.reject(fault)],
    ['answers the error itself', (error) => error],
  ];

  for (const [name, formatError] of nonsense) {
    it(`that ${name} leaves the usual words, and the refusal a refusal`, async () => {
      const options = { formatError } as AuthorizationCheckerOptions;
      const events = await withDoors(watchedManager(), {}, options, (doors) =>
        expectRefusal(doors, missing, []),
      );
      expectEvents(events, missing, { method: 'GET' });
    });
  }

  it('may answer anything that is an object in JSON, a stream not being one', async () => {
    const formatError = () => ({ title: 'no', at: new Date(0), list: [1], skipped: undefined });
    await withDoors(watchedManager(), {}, { formatError }, async ({ all: [json] }) => {
      const { status, body } = await knock(json as never, []);
      expect({ status, body }).to.deep.equal({
        status: 401,
        body: { title: 'no', at: '1970-01-01T00:00:00.000Z', list: [1] },
      });
    });
    await withDoors(
      watchedManager(),
      {},
      { formatError: () => Readable.from(['x']) },
      async ({ all: [json] }) => {
        expect((await knock(json as never, [])).status).to.equal(401);
      },
    );
  });
});

describe('G6: a location', () => {
  failOnUnheardRejections();

  const place = (members: object): AuthorizationCheckerOptions => ({
    locations: [{ name: 'Authorization Header', vary: 'Authorization', ...members } as TokenLocation],
  });

  const failing: [name: string, read: () => unknown, cause?: unknown][] = [
    ['throws', throws(fault), fault],
    ['throws nothing', throws(undefined)],
    ['throws a string', throws('text'), 'text'],
    ['reads null', () => null],
    ['reads a number', () => 1],
    ['reads true', () => true],
    ['reads an object', () => ({})],
    ['reads a list', () => ['a.b.c']],
    ['reads bytes', () => Buffer.from('a.b.c')],
    ['reads a String object', () => new String('a.b.c')],
    ['reads a function', () => () => 'a.b.c'],
    ['promises a token', async () => 'a.b.c'],
    ['promises nothing', async () => undefined],
    ['rejects', () => Promise.reject(fault)],
    ['never settles', () => never],
  ];

  for (const [name, read, cause] of failing) {
    for (const optional of [false, true]) {
      it(`that ${name} lets nobody in${optional ? ', not as a guest either' : ''}`, async () => {
        const events = await withDoors(watchedManager(), { optional }, place({ read }), (doors) =>
          expectRefusal(doors, hook, []),
        );
        expectEvents(events, hook, { method: 'GET', ...(cause !== undefined && { cause }) });
      });
    }
  }

  it('that does not say by which header answers vary refuses as any other', async () => {
    const locations = [{ name: 'Place', read: () => undefined }];
    await withDoors(watchedManager(), {}, { locations }, async (doors) => {
      for (const door of doors.all) {
        const { status, challenge, headers } = await knock(door, []);
        expect({ status, challenge }, door.name).to.deep.equal({ status: 401, challenge: missing.challenge });
        expect(headers.get('Vary')).to.equal(null);
        expect(headers.get('Cache-Control')).to.equal('no-store');
      }
    });
  });

  it('that reads an empty string has read a bad token', async () => {
    await withDoors(watchedManager(), { optional: true }, place({ read: () => '' }), (doors) =>
      expectRefusal(doors, invalid, []),
    );
  });

  const csrf: Refusal = { status: 403, msg: 'CSRF check failed', code: 'ERR_JWT_CSRF', challenge: null };
  type Confirming = [name: string, confirm: () => unknown, refusal: Refusal];
  const neverSettles: Confirming = ['never settles', () => never, hook];
  const confirming: Confirming[] = [
    ['throws a refusal', throws(new CsrfError()), csrf],
    ['rejects with a refusal', () => Promise.reject(new CsrfError()), csrf],
    ['throws', throws(fault), hook],
    ['rejects', () => Promise.reject(fault), hook],
    ...(isFull ? [neverSettles] : []),
    ['answers false', () => false, hook],
    ['answers true', () => true, hook],
    ['answers null', () => null, hook],
    ['answers a function', () => () => undefined, hook],
    ['promises false', async () => false, hook],
    ['promises true', async () => true, hook],
    [
      'answers something that resolves to false',
      () =>
        thenable((resolve) => {
          resolve(false);
        }),
      hook,
    ],
  ];

  for (const [name, confirm, refusal] of confirming) {
    it(`whose confirm ${name} refuses`, async () => {
      const watched = watchedManager();
      const token = await watched.jwtManager.createAccessToken('ada');
      const events = await withDoors(watched, {}, place({ read: () => token, confirm }), async (doors) => {
        const answers = await Promise.all(doors.all.map((door) => knock(door, [])));
        doors.all.forEach((door, index) => {
          expectAnswer(door, refusal, answers[index] as never);
        });
        expect(doors.runs).to.equal(0);
      });
      expectEvents(events, refusal, { identity: 'ada' });
    });
  }

  it('that throws one error again and again has each answer worded anew', async () => {
    const shared = new CsrfError();
    const formatError = (error: JwtError) => ({ wrapped: error.toJSON() });
    const options = { ...place({ read: throws(shared) }), formatError };
    await withDoors(watchedManager(), {}, options, async ({ all: [json] }) => {
      for (let round = 0; round < 3; round++) {
        const { status, body } = await knock(json as never, []);
        expect({ status, body }).to.deep.equal({
          status: 403,
          body: { wrapped: { msg: 'CSRF check failed', code: 'ERR_JWT_CSRF' } },
        });
      }
    });
  });

  for (const [name, confirm] of [
    ['nothing', () => undefined],
    ['nothing later', async () => undefined],
  ] as const) {
    it(`whose confirm answers ${name} admits`, async () => {
      const watched = watchedManager();
      const token = await watched.jwtManager.createAccessToken('ada');
      await withDoors(watched, {}, place({ read: () => token, confirm }), (doors) =>
        expectAdmission(doors, []),
      );
    });
  }
});

describe('G6: a listener', () => {
  failOnUnheardRejections();

  const listeners: [name: string, listener: () => unknown, isWarned: boolean][] = [
    ['throws', throws(fault), true],
    ['throws nothing', throws(undefined), true],
    ['rejects', () => Promise.reject(fault), true],
    ['answers something that throws when it is awaited', () => thenable(throws(fault)), true],
    ['never settles', () => never, false],
  ];

  for (const [name, listener, isWarned] of listeners) {
    it(`that ${name} changes nothing for anybody else`, async () => {
      const watched = watchedManager();
      const seen: RejectedEvent[] = [];
      watched.jwtManager.on('rejected', listener).on('rejected', (event) => seen.push(event));
      const warned = isWarned ? once(process, 'warning') : [];
      const events = await withDoors(watched, {}, {}, (doors) =>
        expectRefusal(doors, invalid, bearer('a.b.c')),
      );
      expectEvents(events, invalid, { reason: 'format' });
      expect(seen).to.deep.equal(events);
      for (const warning of await warned) expect(warning).to.include({ name: 'JwtListenerWarning' });
    });
  }
});
