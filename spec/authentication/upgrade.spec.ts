import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import type { Action } from 'routing-controllers';
import { WebSocket } from 'ws';
import {
  authenticateUpgrade,
  BearerHeader,
  createAuthorizationChecker,
  QueryParameter,
  Token,
  tokenOf,
  WebSocketProtocol,
  type HttpRequest,
  type JwtError,
  type JwtManager,
  type RejectedEvent,
  type TokenPair,
  type UpgradeRequirement,
} from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { itInFull } from '../support/full';
import { otherSecret, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { refusedUpgrade, startUpgrades, type UpgradeServer } from '../support/upgrades';

const challenged = (status: number, code: string, error: string, msg: string, more = '') => ({
  status,
  body: { msg, code },
  challenge: `Bearer realm="api", error="${error}", error_description="${msg}"${more}`,
});
const missing = {
  status: 401,
  body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
  challenge: 'Bearer realm="api"',
};
const invalid = challenged(401, 'ERR_JWT_INVALID', 'invalid_token', 'Token is invalid');
const expired = challenged(401, 'ERR_JWT_EXPIRED', 'invalid_token', 'Token has expired');
const wrongType = challenged(401, 'ERR_JWT_TYPE', 'invalid_token', 'Only access tokens are allowed');
const revoked = challenged(401, 'ERR_JWT_REVOKED', 'invalid_token', 'Token has been revoked');
const malformed = challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'Malformed authorization header');
const denied = challenged(403, 'ERR_JWT_DENIED', 'insufficient_scope', 'Permission denied');
const notFresh = challenged(
  401,
  'ERR_JWT_NOT_FRESH',
  'insufficient_user_authentication',
  'Fresh token required',
  ', max_age="300"',
);
const hook = {
  status: 503,
  body: { msg: 'Authentication is unavailable', code: 'ERR_JWT_HOOK' },
  challenge: null,
};

describe('authenticateUpgrade', () => {
  const clock = testClock();
  const jwtManager = testManager({ clock, hookTimeout: 1 });
  const events: RejectedEvent[] = [];
  let server: UpgradeServer;
  let requirement: UpgradeRequirement = {};

  before(async () => {
    jwtManager.on('rejected', (event) => events.push(event));
    server = await startUpgrades((request) => authenticateUpgrade(jwtManager, request, requirement));
  });

  after(() => server.close());

  beforeEach(() => {
    events.splice(0);
    requirement = {};
  });

  afterEach(() => {
    expect(server.faults).to.deep.equal([]);
  });

  async function greetingOf(protocols: string[], headers: Record<string, string> = {}): Promise<string> {
    const client = new WebSocket(`ws://127.0.0.1:${String(server.port)}/chat`, protocols, { headers });
    const [message] = (await once(client, 'message')) as [Buffer];
    expect(client.protocol).to.equal(protocols.length > 0 ? 'chat' : '');
    client.terminate();
    return message.toString();
  }

  const bearer = (token: string) => [`Authorization: Bearer ${token}`];

  async function expectRefused(answer: object, lines: readonly string[], reason: string, path = '/chat') {
    const { connections } = server;
    const refused = await refusedUpgrade(server.port, lines, path);
    expect(refused).to.deep.include(answer);
    expect(refused.headers.get('Cache-Control')).to.equal('no-store');
    expect(server.connections).to.equal(connections);
    expect(events.map((event) => [event.code, event.reason, event.method, event.path])).to.deep.equal([
      [(refused.body as { code: string }).code, reason, 'GET', '/chat'],
    ]);
  }

  it('lets in a token in the header', async () => {
    const token = await jwtManager.createAccessToken('ada');
    expect(await greetingOf([], { Authorization: `Bearer ${token}` })).to.equal('hello ada');
    expect(events).to.deep.equal([]);
  });

  it('knows a header again that it has let in, and nothing that only resembles it', async () => {
    const token = await jwtManager.createAccessToken('ada');
    const greet = () => greetingOf([], { Authorization: `Bearer ${token}` });
    for (let time = 0; time < 3; time++) expect(await greet()).to.equal('hello ada');
    const refusals: [answer: object, lines: string[], reason: string][] = [
      [malformed, [...bearer(token), ...bearer(token)], 'header twice'],
      [malformed, [`Authorization: Bearer  ${token}`], 'no token behind the scheme'],
      [missing, [`Authorization: Basic ${token}`], 'Missing Authorization Header'],
      [invalid, bearer(`${token}A`), 'signature'],
    ];
    for (const [answer, lines, reason] of refusals) {
      await expectRefused(answer, lines, reason);
      events.splice(0);
    }
    requirement = { scopes: 'chat' };
    await expectRefused(
      { ...denied, challenge: `${denied.challenge}, scope="chat"` },
      bearer(token),
      'scope',
    );
    events.splice(0);
    requirement = {};
    expect(await greet()).to.equal('hello ada');
    await jwtManager.revoke(token);
    await expectRefused(revoked, bearer(token), 'unknown');
  });

  it('lets in a token in a location of the application, as a page can send it', async () => {
    requirement = { locations: [new WebSocketProtocol()] };
    const { access_token: token } = await jwtManager.createTokenPair('ada');
    expect(await greetingOf(['chat', `bearer.${token}`])).to.equal('hello ada');
  });

  const cases: [
    name: string,
    answer: object,
    reason: string,
    token: (pair: TokenPair) => string | undefined,
  ][] = [
    ['no token', missing, 'Missing Authorization Header', () => undefined],
    ['a token that is none', invalid, 'format', () => 'nonsense'],
    ['a token that was changed', invalid, 'signature', ({ access_token: text }) => changed(text)],
    ['a refresh token', wrongType, 'typ', ({ refresh_token: text }) => text],
  ];
  for (const [name, answer, reason, tokenOf] of cases) {
    it(`refuses ${name}, in the header and as a page sends it`, async () => {
      const text = tokenOf(await jwtManager.createTokenPair('ada'));
      await expectRefused(answer, text === undefined ? [] : bearer(text), reason);
      events.splice(0);
      requirement = { locations: [new WebSocketProtocol()] };
      const lines = text === undefined ? ['chat'] : ['chat', `bearer.${text}`];
      const shown = text === undefined ? subprotocolMissing : answer;
      const why = text === undefined ? 'Missing Sec-WebSocket-Protocol Header' : reason;
      await expectRefused(shown, [`Sec-WebSocket-Protocol: ${lines.join(', ')}`], why);
    });
  }

  it('refuses a token that is over', async () => {
    const token = await jwtManager.createAccessToken('ada');
    clock.advance(900);
    await expectRefused(expired, bearer(token), 'expired');
  });

  it('refuses a token that was revoked, and one whose session ended', async () => {
    const token = await jwtManager.createAccessToken('ada');
    await jwtManager.revoke(token);
    await expectRefused(revoked, bearer(token), 'unknown');
    events.splice(0);
    const { access_token: text } = await jwtManager.createTokenPair('ada');
    await jwtManager.revokeSession((await jwtManager.verify(text)).sessionId ?? '');
    await expectRefused(revoked, bearer(text), 'unknown');
  });

  it('lets a revoked token in where the store is not to be asked', async () => {
    requirement = { skipRevocationCheck: true };
    const token = await jwtManager.createAccessToken('ada');
    await jwtManager.revoke(token);
    expect(await greetingOf([], { Authorization: `Bearer ${token}` })).to.equal('hello ada');
  });

  const hostile: [name: string, lines: (token: string) => string[], reason: string][] = [
    ['the header twice', (token) => [...bearer(token), ...bearer(token)], 'header twice'],
    ['nothing behind the scheme', () => ['Authorization: Bearer '], 'no token behind the scheme'],
    [
      'two tokens in one header',
      (token) => bearer(`${token}, Bearer ${token}`),
      'no token behind the scheme',
    ],
  ];
  for (const [name, lines, reason] of hostile) {
    it(`refuses ${name}`, async () => {
      await expectRefused(malformed, lines(await jwtManager.createAccessToken('ada')), reason);
    });
  }

  it('refuses two tokens in two places, and two in one', async () => {
    const token = await jwtManager.createAccessToken('ada');
    requirement = { locations: [new WebSocketProtocol(), new BearerHeader()] };
    await expectRefused(
      challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'More than one token in the request'),
      [...bearer(token), `Sec-WebSocket-Protocol: bearer.${token}`],
      'two tokens',
    );
    events.splice(0);
    await expectRefused(
      challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'Malformed WebSocket protocol'),
      [`Sec-WebSocket-Protocol: bearer.${token}, chat, bearer.${token}`],
      'two tokens among the subprotocols',
    );
  });

  it('reads the query where it is told to, and keeps it out of the event', async () => {
    requirement = { locations: [new QueryParameter('jwt')] };
    await expectRefused(invalid, [], 'format', '/chat?jwt=nonsense');
  });

  const demands: [name: string, demand: UpgradeRequirement, answer: object, reason: string][] = [
    ['roles', { roles: 'admin' }, denied, 'roles'],
    ['scopes', { scopes: 'chat' }, { ...denied, challenge: `${denied.challenge}, scope="chat"` }, 'scope'],
    ['freshness', { fresh: '5m' }, notFresh, 'auth_time'],
    ['a check', { check: () => false }, denied, 'check'],
    [
      'a check that says yes with another word',
      { check: () => 'yes' as unknown as boolean },
      denied,
      'check',
    ],
    ['a check that hangs', { check: () => new Promise<boolean>(() => undefined) }, denied, 'check'],
    ['a location that reads nonsense', { locations: [{ name: 'odd', read: () => 1 as never }] }, hook, odd()],
  ];
  for (const [name, demand, answer, reason] of demands) {
    (name === 'a check that hangs' ? itInFull : it)(`demands as a route does: ${name}`, async () => {
      requirement = demand;
      await expectRefused(answer, bearer(await jwtManager.createAccessToken('ada')), reason);
    });
  }

  it('calls a check with the token and the request', async () => {
    const seen: [Token, Action][] = [];
    requirement = {
      check: (token, action) => {
        seen.push([token, action]);
        return (action.request as IncomingMessage).headers.origin === 'https://app.example.com';
      },
    };
    const token = await jwtManager.createAccessToken('ada');
    const headers = { Authorization: `Bearer ${token}`, Origin: 'https://app.example.com' };
    expect(await greetingOf([], headers)).to.equal('hello ada');
    const [[given, action] = []] = seen;
    expect(given).to.be.instanceOf(Token);
    expect(action?.request).to.include({ url: '/chat', method: 'GET' });
    await expectRefused(denied, [...bearer(token), 'Origin: https://evil.example'], 'check');
  });

  it('refuses a URL that is none, and tells nobody what stands in it', async () => {
    const url = `http://[/?jwt=${await jwtManager.createAccessToken('ada')}`;
    const refused = await refusedUpgrade(server.port, [], url);
    expect(refused).to.deep.include(
      challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'Malformed request'),
    );
    expect(events[0]).to.include({ reason: 'url', path: undefined });
    expect(JSON.stringify(events[0])).not.to.include('eyJ');
  });

  it('rejects what is no request', async () => {
    for (const request of [undefined, {}, 'x'] as unknown[]) {
      const attempt = authenticateUpgrade(jwtManager, request as IncomingMessage);
      expect((await refusalOf(attempt, ConfigurationError)).message).to.include('needs the request');
    }
  });

  it('tells of the token that was refused', async () => {
    requirement = { roles: 'admin' };
    await refusedUpgrade(server.port, bearer(await jwtManager.createAccessToken('ada')), '/chat');
    expect(events[0]).to.include({ identity: 'ada', ip: '127.0.0.1' });
  });

  const wrong: [name: string, requirement: unknown, message: string][] = [
    ['optional, as an upgrade has no guests', { optional: true }, "no option 'optional'"],
    ['a manager that there is not', { manager: 'admin' }, "no manager is called 'admin'"],
    ['a misspelt demand', { role: 'admin' }, "no option 'role'"],
    ['an empty list of roles', { roles: [] }, 'roles must be'],
    ['no object', 'admin', 'must be an object'],
  ];
  for (const [name, given, message] of wrong) {
    it(`refuses everybody when it is told ${name}, and tells operators why`, async () => {
      requirement = given as UpgradeRequirement;
      const token = await jwtManager.createAccessToken('ada');
      const refused = await refusedUpgrade(server.port, bearer(token), '/chat');
      const body = { msg: 'Server configuration error', code: 'ERR_JWT_CONFIGURATION' };
      expect(refused).to.deep.include({ status: 500, body, challenge: null });
      expect(events[0]?.reason).to.include(message);
    });
  }

  for (const manager of [undefined, {}, { default: jwtManager }]) {
    it(`rejects without a checker or a manager: ${Object.keys(manager ?? { nothing: 1 }).join()}`, async () => {
      const attempt = authenticateUpgrade(manager as unknown as JwtManager, {} as IncomingMessage);
      expect((await refusalOf(attempt, ConfigurationError)).message).to.include('pass the checker');
    });
  }
});

describe('authenticateUpgrade with the checker of the routes', () => {
  interface User {
    readonly name: string;
  }

  const jwtManager = testManager({ hookTimeout: 1 });
  const partners = testManager({ secret: otherSecret });
  const events: string[] = [];
  jwtManager.on('rejected', ({ code, reason }) => events.push(`jwtManager ${code} ${reason}`));
  partners.on('rejected', ({ code, reason }) => events.push(`partners ${code} ${reason}`));
  let users: Map<string, User>;
  let loads: string[] = [];
  const checker = createAuthorizationChecker(
    { default: jwtManager, partners },
    {
      locations: [new WebSocketProtocol(), new QueryParameter('ticket')],
      realm: 'chat',
      errorMessageKey: 'message',
      challenge: () => ({ resource_metadata: 'https://api.example.com/metadata' }),
      currentUserChecker: (token, action: Action) => {
        loads.push(`${token.identity} ${String((action.request as IncomingMessage).url)}`);
        return users.get(token.identity);
      },
    },
  );
  let server: UpgradeServer;
  let requirement: UpgradeRequirement = {};
  const admitted: IncomingMessage[] = [];

  before(async () => {
    server = await startUpgrades(async (request) => {
      const token = await authenticateUpgrade(checker, request, requirement);
      admitted.push(request);
      return token;
    });
  });

  after(() => server.close());

  beforeEach(() => {
    users = new Map([['ada', { name: 'Ada' }]]);
    [loads, requirement] = [[], {}];
    events.splice(0);
    admitted.splice(0);
  });

  async function open(path: string, protocols: string[] = []): Promise<string> {
    const client = new WebSocket(`ws://127.0.0.1:${String(server.port)}${path}`, protocols);
    const [message] = (await once(client, 'message')) as [Buffer];
    client.terminate();
    return message.toString();
  }

  const challenge = (more = '') =>
    `Bearer realm="chat"${more}, resource_metadata="https://api.example.com/metadata"`;

  it('rejects with its realm, wording and challenge, and names its locations', async () => {
    expect(await refusedUpgrade(server.port, [], '/chat')).to.deep.include({
      status: 401,
      body: { message: 'Missing token', code: 'ERR_JWT_MISSING' },
      challenge: challenge(),
    });
    expect(await refusedUpgrade(server.port, [], '/chat?ticket=x')).to.deep.include({
      status: 401,
      body: { message: 'Token is invalid', code: 'ERR_JWT_INVALID' },
      challenge: challenge(', error="invalid_token", error_description="Token is invalid"'),
    });
    expect(events).to.deep.equal([
      'jwtManager ERR_JWT_MISSING Missing token',
      'jwtManager ERR_JWT_INVALID format',
    ]);
  });

  it('has the body that its formatError makes', async () => {
    const formatError = ({ code }: JwtError, { path, headers }: HttpRequest) => {
      return { code, path, host: headers.host };
    };
    const own = createAuthorizationChecker(jwtManager, { formatError });
    const other = await startUpgrades((request) => authenticateUpgrade(own, request));
    const { body } = await refusedUpgrade(other.port, [], '/chat?room=1');
    await other.close();
    expect(body).to.deep.equal({ code: 'ERR_JWT_MISSING', path: '/chat', host: 'localhost' });
  });

  it('reads the token in its locations, and in no header', async () => {
    const token = await jwtManager.createAccessToken('ada');
    expect(await open('/chat', ['chat', `bearer.${token}`])).to.equal('hello ada');
    expect(await open(`/chat?ticket=${token}`)).to.equal('hello ada');
    const refused = await refusedUpgrade(server.port, [`Authorization: Bearer ${token}`], '/chat');
    expect(refused).to.deep.include({ status: 401, challenge: challenge() });
    requirement = { locations: [new BearerHeader()] };
    const closed = await refusedUpgrade(server.port, [], `/chat?ticket=${token}`);
    expect(closed.body).to.deep.equal({ message: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' });
  });

  it('loads the user once, hands it to a check, and keeps the token with the request', async () => {
    const seen: unknown[] = [];
    requirement = { check: (_token, _action, user) => seen.push(user) > 0 };
    const token = await jwtManager.createAccessToken('ada');
    expect(await open(`/chat?ticket=${token}`)).to.equal('hello ada');
    expect(seen).to.deep.equal([{ name: 'Ada' }]);
    expect(loads).to.deep.equal([`ada /chat?ticket=${token}`]);
    expect(tokenOf(admitted[0] as IncomingMessage)?.identity).to.equal('ada');
  });

  it('rejects a user whose account is gone, as a route does', async () => {
    users.clear();
    const token = await jwtManager.createAccessToken('ada');
    const refused = await refusedUpgrade(server.port, [], `/chat?ticket=${token}`);
    expect(refused.status).to.equal(401);
    expect(refused.challenge).to.include('realm="chat", error="invalid_token"');
    expect(server.faults).to.deep.equal([]);
  });

  it('verifies with the manager that the requirement names, which hears of what it rejects', async () => {
    requirement = { manager: 'partners' };
    const [own, theirs] = [
      await jwtManager.createAccessToken('ada'),
      await partners.createAccessToken('ada'),
    ];
    expect(await open(`/chat?ticket=${theirs}`)).to.equal('hello ada');
    expect((await refusedUpgrade(server.port, [], `/chat?ticket=${own}`)).status).to.equal(401);
    expect(events).to.have.length(1);
    expect(events[0]).to.match(/^partners ERR_JWT_INVALID/);
  });
});

const subprotocolMissing = {
  ...missing,
  body: { ...missing.body, msg: 'Missing Sec-WebSocket-Protocol Header' },
};

function odd(): string {
  return "the location 'odd' read something that is no string";
}

function changed(text: string): string {
  const [header = '', claims = '', signature = ''] = text.split('.');
  return [header, claims, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)].join('.');
}
