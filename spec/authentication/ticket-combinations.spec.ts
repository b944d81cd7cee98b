import { expect } from 'chai';
import { Controller, CurrentUser, Get, JsonController, Post, UseBefore } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  createJwtMiddleware,
  InjectToken,
  JwtOptional,
  JwtRequired,
  KeySet,
  QueryParameter,
  Token,
  TokenCookies,
} from '../../src';
import { isPlainObject } from '../../src/util/json';
import { describeOnDriversWith, request, startApp, type Answer, type RunningApp } from '../support/app';
import { otherSecret, testManager } from '../support/manager';

const manager = testManager();
const admin = testManager({ keys: KeySet.fromSecret(otherSecret) });
const cookies = new TokenCookies({ secure: false, autoRefresh: true });
const inQuery = { locations: [new QueryParameter('ticket')] };
const ticket = { ticket: 'report' };
const authorizationChecker = createAuthorizationChecker(
  { default: manager, admin },
  {
    locations: [new BearerHeader(), cookies],
    currentUserChecker: ({ identity }) => ({ name: `user ${identity}` }),
  },
);
let ran = 0;

@JsonController('/mixed')
class MixedTickets {
  @Get('/query')
  @JwtRequired({ ...ticket, ...inQuery })
  query(@InjectToken() token: Token) {
    return { runs: ++ran, of: token.identity };
  }

  @Post('/anywhere')
  @JwtRequired(ticket)
  anywhere(@InjectToken() token: Token) {
    return { runs: ++ran, of: token.identity };
  }

  @Get('/optional')
  @JwtOptional({ ...ticket, ...inQuery })
  optional(@InjectToken() token?: Token) {
    return { runs: ++ran, of: token?.identity };
  }

  @Get('/user')
  @JwtRequired({ ...ticket, ...inQuery })
  user(@CurrentUser() user: { name: string }) {
    return { runs: ++ran, of: user.name };
  }

  @Get('/of-admin')
  @JwtRequired({ ...ticket, ...inQuery, manager: 'admin' })
  ofAdmin(@InjectToken() token: Token) {
    return { runs: ++ran, of: token.identity };
  }

  @Get('/middleware')
  @UseBefore(createJwtMiddleware(authorizationChecker, { ...ticket, ...inQuery }))
  middleware() {
    return { runs: ++ran };
  }

  @Get('/twice')
  @UseBefore(createJwtMiddleware(authorizationChecker, { ...ticket, ...inQuery }))
  @JwtRequired({ ...ticket, ...inQuery })
  twice(@InjectToken() token: Token) {
    return { runs: ++ran, of: token.identity };
  }
}

@Controller('/text-tickets')
class TextTickets {
  @Get('/query')
  @JwtRequired({ ...ticket, ...inQuery })
  query() {
    return `run ${String(++ran)}`;
  }
}

class TicketBase {
  @Get('/inherited')
  @JwtRequired({ ...ticket, ...inQuery })
  inherited() {
    return { runs: ++ran };
  }

  @Get('/overridden')
  @JwtRequired({ ...ticket, ...inQuery })
  overridden(): object {
    return { runs: ++ran };
  }
}

@JsonController('/heir-of-tickets')
class TicketHeir extends TicketBase {
  @Get('/overridden')
  override overridden() {
    return { runs: ++ran, by: 'heir' };
  }
}

/** A request with a ticket, what comes of it, and whether the ticket can be used afterwards. */
interface Row {
  readonly path: string;
  readonly init?: (given: { ticket: string; access: string; refresh: string }) => RequestInit;
  readonly query?: false;
  readonly of?: 'admin';
  readonly purpose?: string;
  readonly status: number;
  readonly body: unknown;
  readonly isLeft: boolean;
}

const used = { isLeft: false, status: 200 };
const rejected = (code: string, msg: string, status = 401) => ({ status, body: { msg, code }, isLeft: true });
const invalid = rejected('ERR_JWT_INVALID', 'Token is invalid');
const get = '/mixed/query';
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const rows: Record<string, Row> = {
  'in the query': { path: get, ...used, body: { runs: 1, of: 'ada' } },
  'in the query, beside an access token in the header': {
    path: get,
    init: ({ access }) => ({ headers: bearer(access) }),
    ...used,
    body: { runs: 1, of: 'ada' },
  },
  'in the query, beside cookies of another login': {
    path: get,
    init: ({ access, refresh }) => ({
      headers: { Cookie: `access_token=${access}; refresh_token=${refresh}` },
    }),
    ...used,
    body: { runs: 1, of: 'ada' },
  },
  'by HEAD': { path: get, init: () => ({ method: 'HEAD' }), status: 400, body: '', isLeft: true },
  'by OPTIONS': {
    path: get,
    init: () => ({ method: 'OPTIONS' }),
    status: 200,
    body: undefined,
    isLeft: true,
  },
  'in the header': {
    path: '/mixed/anywhere',
    init: (given) => ({ method: 'POST', headers: bearer(given.ticket) }),
    query: false,
    ...used,
    body: { runs: 1, of: 'ada' },
  },
  'in the header, beside cookies of a login': {
    path: '/mixed/anywhere',
    init: (given) => ({
      method: 'POST',
      headers: {
        ...bearer(given.ticket),
        Cookie: `access_token=${given.access}; refresh_token=${given.refresh}`,
      },
    }),
    query: false,
    ...used,
    body: { runs: 1, of: 'ada' },
  },
  'as a cookie': {
    path: '/mixed/anywhere',
    init: (given) => ({
      method: 'POST',
      headers: { Cookie: `access_token=${given.ticket}; ticket=${given.ticket}` },
    }),
    query: false,
    ...rejected('ERR_JWT_MISSING', 'Missing token'),
  },
  'where it is optional': { path: '/mixed/optional', ...used, body: { runs: 1, of: 'ada' } },
  'where it is optional, by HEAD': {
    path: '/mixed/optional',
    init: () => ({ method: 'HEAD' }),
    status: 400,
    body: '',
    isLeft: true,
  },
  'where it is optional, of another purpose': { path: '/mixed/optional', purpose: 'other', ...invalid },
  'where the user is loaded': { path: '/mixed/user', ...used, body: { runs: 1, of: 'user ada' } },
  'of another manager, on its route': {
    path: '/mixed/of-admin',
    of: 'admin',
    ...used,
    body: { runs: 1, of: 'ada' },
  },
  'of another manager, on a route of the default one': { path: get, of: 'admin', ...invalid },
  'of the default manager, on a route of another one': { path: '/mixed/of-admin', ...invalid },
  'of another purpose': { path: get, purpose: 'other', ...invalid },
  'for middleware': { path: '/mixed/middleware', ...used, body: { runs: 1 } },
  'for middleware, of another purpose': { path: '/mixed/middleware', purpose: 'other', ...invalid },
  'for middleware and the method': { path: '/mixed/twice', ...used, body: { runs: 1, of: 'ada' } },
  'for a text': { path: '/text-tickets/query', ...used, body: 'run 1' },
  'for an inherited method': { path: '/heir-of-tickets/inherited', ...used, body: { runs: 1 } },
  'for an overridden method': { path: '/heir-of-tickets/overridden', ...used, body: { runs: 1, by: 'heir' } },
  'for an inherited method, of another purpose': {
    path: '/heir-of-tickets/overridden',
    purpose: 'other',
    ...invalid,
  },
};

for (const defaultErrorHandler of [true, false]) {
  const mode = defaultErrorHandler ? '' : ', without the error handler of routing-controllers';
  describeOnDriversWith(defaultErrorHandler, `F16: a ticket${mode}`, () => {
    let app: RunningApp;

    before(async () => {
      app = await startApp({
        controllers: [MixedTickets, TextTickets, TicketHeir],
        authorizationChecker,
        defaultErrorHandler,
      });
    });
    beforeEach(() => (ran = 0));
    after(() => app.close());

    /** Koa and Express write the message of an error, and so does routing-controllers for a method that returns text. */
    const seen = (body: unknown, { path }: Row) => {
      const isText = !defaultErrorHandler || path.startsWith('/text');
      return isText && isPlainObject(body) && 'code' in body ? body['msg'] : body;
    };

    for (const [what, row] of Object.entries(rows)) {
      it(`${what}: ${String(row.status)}${row.isLeft ? ', unused' : ', then 401'}`, async () => {
        const issuer = row.of === 'admin' ? admin : manager;
        const purpose = row.purpose ?? 'report';
        const text = await issuer.createTicket('ada', { purpose, expiresIn: '1m' });
        const pair = await manager.createTokenPair('eve');
        const given = { ticket: text, access: pair.access_token, refresh: pair.refresh_token };
        const url = `${app.url}${row.path}${row.query === false ? '' : `?ticket=${text}`}`;
        const send = (): Promise<Answer> => request(url, row.init?.(given));
        const { status, body } = await send();
        expect(status).to.equal(row.status);
        if (row.body !== undefined) expect(body).to.deep.equal(seen(row.body, row));
        expect(ran).to.equal(row.isLeft ? 0 : 1);
        if (row.isLeft) {
          expect((await issuer.redeemTicket(text, { purpose })).identity).to.equal('ada');
          return;
        }
        const again = await send();
        const revoked = { msg: 'Token has been revoked', code: 'ERR_JWT_REVOKED' };
        expect([again.status, again.body, ran]).to.deep.equal([401, seen(revoked, row), 1]);
        expect(again.challenge).to.equal(
          'Bearer realm="api", error="invalid_token", error_description="Token has been revoked"',
        );
        if (defaultErrorHandler) expect(app.errors).to.deep.equal([]);
      });
    }
  });
}
