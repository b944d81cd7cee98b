import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { Get, JsonController, Post } from 'routing-controllers';
import {
  authenticateUpgrade,
  BearerHeader,
  BodyField,
  ConfigurationError,
  createAuthorizationChecker,
  describeRoutes,
  formatRoutes,
  InjectToken,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  QueryParameter,
  Token,
  TokenCookies,
  type JwtManager,
  type JwtRequirement,
  type RejectedEvent,
} from '../../src';
import { describeOnDrivers, getWith, request, startApp, type RunningApp } from '../support/app';
import { testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

let ran = 0;
let isAllowed = true;
const checked: string[] = [];

const inQuery = { locations: [new QueryParameter('ticket')] };

@JsonController('/tickets')
class TicketRoutes {
  @Get('/report')
  @JwtRequired({ ticket: 'report', ...inQuery })
  report(@InjectToken() token: Token) {
    return { ran: ++ran, identity: token.identity };
  }

  @Post('/bearer')
  @JwtRequired({ ticket: 'report' })
  bearer(@InjectToken() token: Token) {
    return { ran: ++ran, type: token.type };
  }

  @Post('/body')
  @JwtRequired({ ticket: 'report', locations: [new BodyField()] })
  body() {
    return { ran: ++ran };
  }

  @Get('/optional')
  @JwtOptional({ ticket: 'report', ...inQuery })
  optional(@InjectToken() token?: Token) {
    return { ran: ++ran, identity: token?.identity };
  }

  @Get('/check')
  @JwtRequired({
    ticket: 'report',
    check: ({ identity }) => {
      checked.push(identity);
      return isAllowed;
    },
    ...inQuery,
  })
  check() {
    return { ran: ++ran };
  }

  @Get('/account')
  @JwtRequired()
  account() {
    return { ran: ++ran };
  }

  @Get('/any')
  @JwtRequired({ type: 'any' })
  any() {
    return { ran: ++ran };
  }

  @Post('/refresh')
  @JwtRefreshRequired()
  refresh() {
    return { ran: ++ran };
  }
}

@JsonController('/class-ticket')
@JwtRequired({ ticket: 'report', ...inQuery })
class TicketClassRoutes {
  @Get('/inherits')
  inherits() {
    return { ran: ++ran };
  }

  @Get('/own')
  @JwtRequired({ ticket: 'other' })
  own() {
    return { ran: ++ran };
  }

  @Get('/dropped')
  @JwtRequired({ ticket: false, locations: [new BearerHeader()] })
  dropped() {
    return { ran: ++ran };
  }
}

@JsonController('/sub-ticket')
class SubRoutes extends TicketClassRoutes {}

const invalid = { msg: 'Token is invalid', code: 'ERR_JWT_INVALID' };
const revoked = { msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' };

describeOnDrivers('F16: a route that requires a ticket', () => {
  let app: RunningApp;
  let manager: JwtManager;
  let events: RejectedEvent[];

  before(async () => {
    manager = testManager();
    manager.on('rejected', (event) => events.push(event));
    const locations = [new BearerHeader(), new TokenCookies({ secure: false })];
    app = await startApp({
      controllers: [TicketRoutes, TicketClassRoutes, SubRoutes],
      authorizationChecker: createAuthorizationChecker(manager, { locations }),
    });
  });
  beforeEach(() => {
    events = [];
    ran = 0;
    isAllowed = true;
    checked.length = 0;
  });
  after(() => app.close());

  const ticketFor = (purpose = 'report', others: object = {}, identity = 'ada') =>
    manager.createTicket(identity, { purpose, expiresIn: '1m', ...others });
  const open = (path: string, ticket: string, init?: RequestInit) =>
    request(`${app.url}${path}?ticket=${ticket}`, init);

  it('runs once for a ticket, and rejects the next request', async () => {
    const ticket = await ticketFor();
    const first = await open('/tickets/report', ticket);
    expect([first.status, first.body]).to.deep.equal([200, { ran: 1, identity: 'ada' }]);
    const { status, body, challenge, headers } = await open('/tickets/report', ticket);
    expect({ status, body, challenge }).to.deep.equal({
      status: 401,
      body: revoked,
      challenge: 'Bearer realm="api", error="invalid_token", error_description="Token has been revoked"',
    });
    expect(headers.get('Cache-Control')).to.equal('no-store');
    const [{ reason, identity, path } = {}] = events;
    expect([ran, { reason, identity, path }]).to.deep.equal([
      1,
      { reason: 'used', identity: 'ada', path: '/tickets/report' },
    ]);
  });

  it('runs for one of fifty requests at once', async () => {
    const ticket = await ticketFor();
    const answers = await Promise.all(Array.from({ length: 50 }, () => open('/tickets/report', ticket)));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array<number>(49).fill(401)]);
    expect(ran).to.equal(1);
  });

  it('runs as often as asked for a reusable ticket, by HEAD as well', async () => {
    const ticket = await ticketFor('report', { reusable: true }, 'eve');
    for (let count = 1; count <= 3; count++)
      expect((await open('/tickets/report', ticket)).body).to.deep.equal({ ran: count, identity: 'eve' });
    expect((await open('/tickets/report', ticket, { method: 'HEAD' })).status).to.equal(200);
    await manager.revokeAll('eve');
    expect((await open('/tickets/report', ticket)).body).to.deep.equal(revoked);
  });

  it('neither runs for HEAD nor uses the ticket up', async () => {
    const ticket = await ticketFor();
    const { status, challenge } = await open('/tickets/report', ticket, { method: 'HEAD' });
    expect([status, challenge]).to.deep.equal([
      400,
      'Bearer realm="api", error="invalid_request", error_description="A ticket cannot be used by HEAD"',
    ]);
    expect([ran, events.map(({ reason }) => reason)]).to.deep.equal([0, ['HEAD']]);
    expect((await open('/tickets/report', ticket)).status).to.equal(200);
  });

  it('takes the ticket from the header and the body as well', async () => {
    const headers = { Authorization: `Bearer ${await ticketFor()}` };
    const byHeader = await request(`${app.url}/tickets/bearer`, { method: 'POST', headers });
    expect(byHeader.body).to.deep.equal({ ran: 1, type: 'ticket' });
    const byBody = await request(`${app.url}/tickets/body`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ticket: await ticketFor() }),
    });
    expect(byBody.body).to.deep.equal({ ran: 2 });
  });

  it('lets guests in where it is optional, and no one with a used ticket', async () => {
    expect((await request(`${app.url}/tickets/optional`)).body).to.deep.equal({ ran: 1 });
    const ticket = await ticketFor();
    expect((await open('/tickets/optional', ticket)).body).to.deep.equal({ ran: 2, identity: 'ada' });
    expect((await open('/tickets/optional', ticket)).body).to.deep.equal(revoked);
  });

  it('uses the ticket only when everything else holds', async () => {
    const ticket = await ticketFor();
    isAllowed = false;
    expect((await open('/tickets/check', ticket)).status).to.equal(403);
    isAllowed = true;
    expect((await open('/tickets/check', ticket)).body).to.deep.equal({ ran: 1 });
    expect((await open('/tickets/check', ticket)).body).to.deep.equal(revoked);
    expect(checked).to.deep.equal(['ada', 'ada', 'ada']);
  });

  it('keeps, drops or replaces the ticket of its class, and inherits it', async () => {
    for (const prefix of ['/class-ticket', '/sub-ticket']) {
      expect((await open(`${prefix}/inherits`, await ticketFor())).status, prefix).to.equal(200);
      expect((await open(`${prefix}/own`, await ticketFor())).body).to.deep.equal(invalid);
      expect((await open(`${prefix}/own`, await ticketFor('other'))).status).to.equal(200);
      const access = await manager.createAccessToken('ada');
      expect((await getWith(`${app.url}${prefix}/dropped`, access)).status).to.equal(200);
      expect((await open(`${prefix}/dropped`, await ticketFor())).status).to.equal(401);
    }
  });

  const others: Record<string, () => Promise<string>> = {
    'an access token': () => manager.createAccessToken('ada'),
    'a refresh token': () => manager.createRefreshToken('ada'),
  };
  for (const [what, make] of Object.entries(others)) {
    it(`is not opened by ${what}`, async () => {
      const { status, body } = await open('/tickets/report', await make());
      expect([status, body]).to.deep.equal([401, { msg: 'Only tickets are allowed', code: 'ERR_JWT_TYPE' }]);
      expect(ran).to.equal(0);
    });
  }

  it('is not opened by a ticket of another purpose, which stays unused', async () => {
    const ticket = await ticketFor('reports');
    const { status, body } = await open('/tickets/report', ticket);
    expect([status, body, events[0]?.reason]).to.deep.equal([401, invalid, 'purpose']);
    await manager.redeemTicket(ticket, { purpose: 'reports' });
  });

  it('is not opened by cookies', async () => {
    const text = await ticketFor();
    const headers = { Cookie: `access_token=${text}; refresh_token=${text}; ticket=${text}` };
    const { status, body } = await request(`${app.url}/tickets/bearer`, { method: 'POST', headers });
    expect([status, body]).to.deep.equal([401, { msg: 'Missing token', code: 'ERR_JWT_MISSING' }]);
  });

  for (const [method, path, message] of [
    ['GET', '/tickets/account', 'Only access tokens are allowed'],
    ['GET', '/tickets/any', 'Tickets are not allowed'],
    ['POST', '/tickets/refresh', 'Only refresh tokens are allowed'],
  ] as const) {
    it(`is all that a ticket opens: not ${path}`, async () => {
      const headers = { Authorization: `Bearer ${await ticketFor()}` };
      const { status, body } = await request(`${app.url}${path}`, { method, headers });
      expect([status, body, ran]).to.deep.equal([401, { msg: message, code: 'ERR_JWT_TYPE' }, 0]);
    });
  }
});

describe('The requirement of a ticket', () => {
  const wrong: [requirement: object, says: RegExp][] = [
    [
      { ticket: '' },
      /^@JwtRequired: ticket must be the purpose of a ticket, such as 'reset-password', or false/,
    ],
    [{ ticket: true }, /ticket must be the purpose/],
    [{ ticket: ['report'] }, /ticket must be the purpose/],
    [{ ticket: null }, /ticket must be the purpose/],
    [{ ticket: 'report', type: 'access' }, /^@JwtRequired: ticket must not be combined with type/],
    [{ ticket: 'report', type: 'any' }, /ticket must not be combined with type/],
    [{ ticket: 'report', skipRevocationCheck: true }, /ticket must not be combined/],
    [{ type: 'ticket' }, /type must be 'access', 'refresh' or 'any'/],
  ];
  for (const [requirement, says] of wrong) {
    it(`is refused as ${JSON.stringify(requirement)}`, async () => {
      const error = await refusalOf(() => JwtRequired(requirement as JwtRequirement), ConfigurationError);
      expect(error.message).to.match(says);
    });
  }

  it('is no refresh route', async () => {
    await refusalOf(() => JwtRefreshRequired({ ticket: 'report' }), ConfigurationError);
  });

  it('is in the table of routes', () => {
    const routes = describeRoutes().filter(({ controller }) => controller === 'TicketClassRoutes');
    expect(
      formatRoutes(routes)
        .split('\n')
        .map((line) => line.replace(/^.*TicketClassRoutes\.\w+ +/, '')),
    ).to.have.members([
      "ticket: report, in: query parameter 'ticket'",
      "ticket: other, in: query parameter 'ticket'",
      'access, in: Authorization Header',
    ]);
  });

  it('lets one upgrade through', async () => {
    const manager = testManager();
    const ticket = await manager.createTicket('ada', { purpose: 'chat', expiresIn: 30 });
    const request = Object.assign(new IncomingMessage(new Socket()), {
      ...{ method: 'GET', url: `/?ticket=${ticket}`, headers: { upgrade: 'websocket' } },
    });
    const upgrade = () => authenticateUpgrade(manager, request, { ticket: 'chat', ...inQuery });
    expect(await upgrade()).to.include({ identity: 'ada', type: 'ticket' });
    expect((await refusalOf(upgrade(), Error)).message).to.equal('Token has been revoked');
  });
});
