import { inspect } from 'node:util';
import { expect } from 'chai';
import {
  BearerHeader,
  createAuthorizationChecker,
  JwtError,
  KeySet,
  MemoryTokenStore,
  type JwtManager,
  type ManagerEvents,
  type Token,
} from '../../src';
import { TokenCache, type KnownToken } from '../../src/token/cache';
import { describeOnDrivers, rawAnswer, startApp, type Answer, type RunningApp } from '../support/app';
import { forge, partsOf } from '../support/forge';
import { intervenedStore } from '../support/later-store';
import { knownHeaderRoutes, replaced } from '../support/known-header-routes';
import { otherSecret, secret, startOfTime, testClock, testManager, type TestClock } from '../support/manager';
import { refusalOf } from '../support/rejected';

/** The tokens of a request that has been let in three times, and others. */
interface Texts {
  readonly access: string;
  readonly refresh: string;
  readonly ticket: string;
  readonly ofAdmins: string;
}

/** A request that differs from the one that was let in three times, or comes after something has changed. */
interface Variation {
  /** The route that the first three requests went to. */
  readonly first?: string;
  readonly path?: string;
  readonly lines?: (texts: Texts) => string[];
  readonly change?: (texts: Texts) => unknown;
  readonly undo?: () => unknown;
  readonly status: number;
  readonly code?: string;
}

const clock = breakable(testClock());
const keys = KeySet.fromSecret(secret, { kid: 'first' });
const store = new MemoryTokenStore({ clock });
const bearer = (text: string, scheme = 'Bearer ') => `Authorization: ${scheme}${text}`;
const usual = ({ access }: Texts) => [bearer(access), 'X-Allowed: yes'];
const alone = ({ access }: Texts) => [bearer(access)];

/** A clock that may have no time to give. */
function breakable(own: TestClock): TestClock & { isBroken: boolean } {
  const broken: TestClock & { isBroken: boolean } = Object.assign(() => (broken.isBroken ? NaN : own()), {
    advance: (seconds: number) => {
      own.advance(seconds);
    },
    isBroken: false,
  });
  return broken;
}

/** The same managers with a cache and without one. */
function managersWith(cache: undefined | false): Record<'default' | 'admins', JwtManager> {
  const options = { clock, store, keys, cache };
  return { default: testManager(options), admins: testManager({ ...options, issuer: 'admins' }) };
}

const cached = managersWith(undefined);
const plain = managersWith(false);
const manager = cached.default;

/** The part of a token that names its session. */
const sessionIdIn = (text: string) => String(partsOf(text).claims['sid']);

const withoutTime = { change: () => (clock.isBroken = true), undo: () => (clock.isBroken = false) };
const read = Object.getOwnPropertyDescriptor(BearerHeader.prototype, 'read') as PropertyDescriptor;

const variations: Record<string, Variation> = {
  'the same': { status: 200 },
  'in another case': { lines: ({ access }) => [bearer(access, 'bearer ')], status: 200 },
  'in capitals': { lines: ({ access }) => [bearer(access, 'BEARER ')], status: 200 },
  'with white space around it, which is no part of a header': {
    lines: ({ access }) => [`Authorization: \t Bearer ${access} \t`],
    status: 200,
  },
  'under a name in another case': {
    lines: ({ access }) => [`aUTHORIZATION: Bearer ${access}`],
    status: 200,
  },
  twice: { lines: ({ access }) => [bearer(access), bearer(access)], status: 400, code: 'ERR_JWT_REQUEST' },
  'before another one': {
    lines: ({ access }) => [bearer(access), 'Authorization: Basic eDp5'],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'with another scheme': {
    lines: ({ access }) => [bearer(access, 'Basic ')],
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'without a scheme': { lines: ({ access }) => [bearer(access, '')], status: 401, code: 'ERR_JWT_MISSING' },
  'with two spaces': {
    lines: ({ access }) => [bearer(access, 'Bearer  ')],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'with a tab': { lines: ({ access }) => [bearer(access, 'Bearer\t')], status: 400, code: 'ERR_JWT_REQUEST' },
  'with a comma behind it': {
    lines: ({ access }) => [bearer(`${access},`)],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'with a word behind it': {
    lines: ({ access }) => [bearer(`${access} x`)],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'with padding behind it': {
    lines: ({ access }) => [bearer(`${access}=`)],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'with a character more': {
    lines: ({ access }) => [bearer(`${access}A`)],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'with a character less': {
    lines: ({ access }) => [bearer(access.slice(0, -1))],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'with another start and the same end': {
    lines: ({ access }) => [bearer(`f${access.slice(1)}`)],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'with the scheme twice': {
    lines: ({ access }) => [bearer(access, 'Bearer Bearer ')],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'for any type': { path: '/any', status: 200 },
  'for a refresh token': { path: '/refresh', status: 401, code: 'ERR_JWT_TYPE' },
  'for a ticket': { path: '/ticket', status: 401, code: 'ERR_JWT_TYPE' },
  'of a refresh token': { lines: ({ refresh }) => [bearer(refresh)], status: 401, code: 'ERR_JWT_TYPE' },
  'of a ticket for any type': {
    path: '/any',
    lines: ({ ticket }) => [bearer(ticket)],
    status: 401,
    code: 'ERR_JWT_TYPE',
  },
  'for another manager': { path: '/admins', status: 401, code: 'ERR_JWT_INVALID' },
  'of another manager': {
    lines: ({ ofAdmins }) => [bearer(ofAdmins)],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'where guests may pass': { path: '/optional', status: 200 },
  'of a guest': { path: '/optional', lines: () => [], status: 200 },
  'without a token': { lines: () => [], status: 401, code: 'ERR_JWT_MISSING' },
  'where the store is not asked': { path: '/unasked', status: 200 },
  'without the role': { path: '/roles', status: 403, code: 'ERR_JWT_DENIED' },
  'without the scope': { path: '/scopes', status: 403, code: 'ERR_JWT_DENIED' },
  'with a login that was fresh': {
    first: '/fresh',
    path: '/fresh',
    change: () => {
      clock.advance(301);
    },
    status: 401,
    code: 'ERR_JWT_NOT_FRESH',
  },
  'with a check that is not met': { path: '/check', status: 403, code: 'ERR_JWT_DENIED' },
  'for another header': { path: '/bare', status: 401, code: 'ERR_JWT_MISSING' },
  'in another header': { path: '/bare', lines: ({ access }) => [`X-Token: ${access}`], status: 200 },
  'with its scheme in a header that has none': {
    path: '/bare',
    lines: ({ access }) => [`X-Token: Bearer ${access}`],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'with its scheme in the query': {
    path: '/query?token=Bearer%20$access',
    lines: () => [],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'for a scheme that is its start': { path: '/scheme', status: 401, code: 'ERR_JWT_MISSING' },
  'for two places': { path: '/two', status: 200 },
  'in two places': {
    path: '/two',
    lines: ({ access }) => [bearer(access), `X-Token: ${access}`],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'for a location that reads more': {
    first: '/allowed',
    path: '/allowed',
    lines: alone,
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'for a location that confirms': {
    first: '/confirmed',
    path: '/confirmed',
    lines: alone,
    status: 403,
    code: 'ERR_JWT_CSRF',
  },
  'for a location with a method of the same name, of another login': {
    first: '/namesake',
    path: '/namesake',
    lines: ({ ofAdmins }) => [bearer(ofAdmins)],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'for a location whose method was replaced meanwhile': {
    first: '/replaced',
    path: '/replaced',
    change: () => Object.assign(replaced, { read: () => undefined }),
    undo: () => Reflect.deleteProperty(replaced, 'read'),
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'for a location that confirms since then': {
    first: '/replaced',
    path: '/replaced',
    change: () => Object.assign(replaced, { confirm: () => false }),
    undo: () => Reflect.deleteProperty(replaced, 'confirm'),
    status: 503,
    code: 'ERR_JWT_HOOK',
  },
  'for locations whose method was replaced meanwhile': {
    change: () => Object.defineProperty(BearerHeader.prototype, 'read', { ...read, value: () => undefined }),
    undo: () => Object.defineProperty(BearerHeader.prototype, 'read', read),
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'that middleware has removed': {
    first: '/dropped',
    path: '/dropped',
    lines: alone,
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'for middleware': { first: '/middleware', path: '/middleware', status: 200 },
  'for middleware and a rule': { path: '/both', status: 200 },
  'for middleware and a rule, without a token': {
    first: '/both',
    path: '/both',
    lines: () => [],
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'for middleware, of a guest': { first: '/guests', path: '/guests', lines: () => [], status: 200 },
  'for middleware, and in another place for the rule': {
    path: '/other-place',
    lines: ({ access }) => [bearer(access), `X-Token: ${access}`],
    status: 200,
  },
  'for middleware, and of another manager for the rule': {
    path: '/other-manager',
    lines: ({ access, ofAdmins }) => [bearer(access), `X-Token: ${ofAdmins}`],
    status: 200,
  },
  'for middleware, and for another manager': {
    path: '/other-manager',
    lines: ({ access }) => [bearer(access), `X-Token: ${access}`],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'that was revoked': {
    change: ({ access }) => manager.revoke(access),
    status: 401,
    code: 'ERR_JWT_REVOKED',
  },
  'whose session was revoked': {
    change: ({ access }) => manager.revokeSession(sessionIdIn(access)),
    status: 401,
    code: 'ERR_JWT_REVOKED',
  },
  'whose session was revoked, where the store is not asked': {
    path: '/unasked',
    change: ({ access }) => manager.revokeSession(sessionIdIn(access)),
    status: 200,
  },
  'whose user was logged out everywhere': {
    change: () => manager.revokeAll('ada'),
    status: 401,
    code: 'ERR_JWT_REVOKED',
  },
  'whose user was forgotten': { change: () => manager.forget('ada'), status: 401, code: 'ERR_JWT_REVOKED' },
  'whose session was stolen': {
    change: async ({ refresh }) => {
      await manager.refresh(refresh);
      clock.advance(11);
      await refusalOf(manager.refresh(refresh), JwtError);
    },
    status: 401,
    code: 'ERR_JWT_REVOKED',
  },
  'that has expired': {
    change: () => {
      clock.advance(901);
    },
    status: 401,
    code: 'ERR_JWT_EXPIRED',
  },
  'before it was issued': {
    change: () => {
      clock.advance(-6);
    },
    undo: () => {
      clock.advance(6);
    },
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'when the clock has no time': { ...withoutTime, status: 500, code: 'ERR_JWT_CONFIGURATION' },
  'when the clock has no time, without a token': {
    ...withoutTime,
    lines: () => [],
    status: 401,
    code: 'ERR_JWT_MISSING',
  },
  'when the clock has no time, with a word behind it': {
    ...withoutTime,
    lines: ({ access }) => [bearer(`${access} x`)],
    status: 400,
    code: 'ERR_JWT_REQUEST',
  },
  'when the clock has no time, with a character more': {
    ...withoutTime,
    lines: ({ access }) => [bearer(`${access}A`)],
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
  'when the clock has no time, for a refresh token': {
    ...withoutTime,
    path: '/refresh',
    status: 401,
    code: 'ERR_JWT_TYPE',
  },
  'when the clock has no time, of a guest': {
    ...withoutTime,
    path: '/optional',
    lines: () => [],
    status: 200,
  },
  'whose key was retired': {
    change: () => {
      keys.rotate(KeySet.fromSecret(otherSecret, { kid: 'second' })).retire('first');
    },
    undo: () => {
      keys.rotate(KeySet.fromSecret(secret, { kid: 'first' })).retire('second');
    },
    status: 401,
    code: 'ERR_JWT_INVALID',
  },
};

/** What is in a cache does not matter here. */
const known = { token: {}, validFrom: 0, validUntil: 1 } as unknown as KnownToken<object>;

/** Everything a client sees, but for what differs between any two responses. */
function seen({ status, body, headers }: Answer): object {
  const left = [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
  return { status, body, headers: Object.fromEntries(left) };
}

describeOnDrivers('A request with a header that was seen before', () => {
  let apps: RunningApp[] = [];
  const events: Record<'cached' | 'plain', unknown[]> = { cached: [], plain: [] };

  before(async () => {
    apps = await Promise.all(
      [cached, plain].map(async (managers) => {
        const checker = createAuthorizationChecker(managers);
        return startApp({ controllers: [knownHeaderRoutes(checker)], authorizationChecker: checker });
      }),
    );
    for (const [name, managers] of Object.entries({ cached, plain }))
      for (const each of Object.values(managers)) each.on('rejected', noteIn(events[name as 'cached']));
  });
  beforeEach(() => {
    forgetEvents();
  });
  after(() => Promise.all(apps.map((app) => app.close())));

  const forgetEvents = () => {
    for (const list of Object.values(events)) list.length = 0;
  };
  const noteIn =
    (list: unknown[]) =>
    ({ error, ...event }: ManagerEvents['rejected']) =>
      list.push({ ...event, error: String(error) });

  async function issued(): Promise<Texts> {
    const pair = await manager.createTokenPair('ada', { roles: 'member' });
    return {
      access: pair.access_token,
      refresh: pair.refresh_token,
      ticket: await manager.createTicket('ada', { purpose: 'report', expiresIn: '1m' }),
      ofAdmins: await cached.admins.createAccessToken('eve'),
    };
  }

  const sendTo = (port: number, path: string, lines: string[]) =>
    rawAnswer(port, 'GET', `/known${path}`, lines);

  /** What an application with a cache responds, which must be what one without a cache does. */
  async function send(path: string, lines: string[]): Promise<Answer> {
    const [one, other] = await Promise.all(apps.map(({ port }) => sendTo(port, path, lines)));
    expect(seen(one as Answer)).to.deep.equal(seen(other as Answer));
    expect(events.cached).to.deep.equal(events.plain);
    return one as Answer;
  }

  for (const [name, variation] of Object.entries(variations)) {
    const { first = '/plain', path = first, lines = usual, change, undo, status, code } = variation;
    it(`has the response that it has without a cache: ${name}, ${String(status)}`, async () => {
      const texts = await issued();
      const [{ port }] = apps as [RunningApp];
      for (let time = 0; time < 3; time++)
        expect((await sendTo(port, first, usual(texts))).status, 'before').to.equal(200);
      try {
        await change?.(texts);
        forgetEvents();
        for (let time = 0; time < 2; time++) {
          const answer = await send(path.replace('$access', texts.access), lines(texts));
          expect([answer.status, (answer.body as { code?: string }).code]).to.deep.equal([status, code]);
        }
      } finally {
        await undo?.();
      }
      if (!change) expect((await sendTo(port, first, usual(texts))).status, 'after').to.equal(200);
    });
  }

  it('has the token and nothing else for its text, which no log shows', async () => {
    const { access } = await issued();
    for (let time = 0; time < 3; time++)
      expect((await send('/plain', [bearer(access)])).body).to.deep.equal({ identity: 'ada', raw: access });
    const token = await manager.verify(access);
    expect(token.raw).to.equal(access);
    for (const shown of [inspect(token, { showHidden: true, depth: 9 }), JSON.stringify({ token })])
      expect(shown).not.to.include(access.slice(-20)).and.not.to.include('Bearer');
  });

  it('is told from another header by all of it, where both lead to the same entry', async () => {
    const iat = startOfTime / 1000;
    const texts = [161_704, 187_608].map((number) => {
      const claims = { sub: `user ${String(number)}`, jti: String(number).padStart(8, '0') };
      return forge({ alg: 'HS256', typ: 'at+jwt' }, { ...claims, iat, exp: iat + 900 }, secret);
    });
    const cache = new TokenCache<object>(10);
    for (const text of texts) cache.add(text, known);
    expect(texts.map((text) => cache.find(text) !== undefined)).to.deep.equal([false, true]);

    const options = { clock: () => startOfTime };
    const [one = '', other = ''] = texts;
    for (const each of [testManager(options), testManager({ ...options, cache: false })]) {
      const checker = createAuthorizationChecker({ default: each, admins: cached.admins });
      const app = await startApp({
        controllers: [knownHeaderRoutes(checker)],
        authorizationChecker: checker,
      });
      const send = (text: string) => rawAnswer(app.port, 'GET', '/known/plain', [bearer(text)]);
      try {
        for (const text of [one, one, one, other, other, other, one, other, one, other]) {
          const { sub } = partsOf(text).claims;
          expect((await send(text)).body).to.deep.equal({ identity: sub, raw: text });
          const mixed = text.replace(/[^.]+$/, partsOf(text === one ? other : one).signature);
          expect((await send(mixed)).status).to.equal(401);
        }
      } finally {
        await app.close();
      }
    }
  });

  it('is no reason to take the header for a token', async () => {
    const { access } = await issued();
    for (let time = 0; time < 3; time++) await send('/plain', [bearer(access)]);
    for (const text of [`Bearer ${access}`, `bearer ${access}`, ` ${access}`])
      for (const each of [cached, plain])
        expect(await refusalOf(each.default.verify(text), JwtError)).to.include({ code: 'ERR_JWT_INVALID' });
    expect(await manager.verify(access)).to.include({ identity: 'ada', raw: access });
  });

  it('asks the store once and loads the user once where middleware and a rule look at it, each time', async () => {
    const counts = { asked: 0, loaded: 0 };
    const counted = intervenedStore(store, (verb, ask) => {
      if (verb === 'isRevoked') counts.asked++;
      return ask();
    });
    const managers = { ...cached, default: testManager({ clock, keys, store: counted }) };
    const checker = createAuthorizationChecker(managers, {
      currentUserChecker: ({ identity }) => {
        counts.loaded++;
        return identity === 'bob' ? null : { name: identity };
      },
    });
    const app = await startApp({ controllers: [knownHeaderRoutes(checker)], authorizationChecker: checker });
    try {
      for (const [identity, status] of [
        ['ada', 200],
        ['bob', 401],
      ] as const) {
        const text = await manager.createAccessToken(identity, { roles: 'member' });
        for (let time = 1; time <= 3; time++) {
          Object.assign(counts, { asked: 0, loaded: 0 });
          const answer = await rawAnswer(app.port, 'GET', '/known/both', [bearer(text)]);
          expect([answer.status, counts]).to.deep.equal([status, { asked: 1, loaded: 1 }]);
        }
      }
    } finally {
      await app.close();
    }
  });

  it('is rejected once the token was revoked as it was handed to the application', async () => {
    const { access } = await issued();
    for (let time = 0; time < 3; time++) await send('/plain', [bearer(access)]);
    let token: Token | undefined;
    for (let time = 0; time < 3; time++) token = await manager.verify(access);
    await manager.revoke(token as Token);
    expect((await send('/plain', [bearer(access)])).body).to.include({ code: 'ERR_JWT_REVOKED' });
    expect(await refusalOf(manager.verify(access), JwtError)).to.include({ code: 'ERR_JWT_REVOKED' });
  });
});
