import { expect } from 'chai';
import {
  BearerHeader,
  ConfigurationError,
  createAuthorizationChecker,
  InvalidRequestError,
  QueryParameter,
  TokenCookies,
  WebSocketProtocol,
  type HttpRequest,
  type TokenLocation,
  type TokenType,
} from '../../src';
import { testManager } from '../support/manager';

describe('the description of a location', () => {
  const cookies = new TokenCookies({ csrfHeader: 'X-Proof', csrfMethods: ['GET'] });
  const access = '__Host-access_token';
  const table: [location: TokenLocation, description: object, type?: TokenType, method?: string][] = [
    [new BearerHeader(), { scheme: 'bearer' }],
    [new BearerHeader({ header: 'X-Token', scheme: '' }), { in: 'header', name: 'X-Token' }],
    [new BearerHeader({ scheme: 'Token' }), { in: 'header', name: 'Authorization' }],
    [new QueryParameter('jwt'), { in: 'query', name: 'jwt' }],
    [new TokenCookies(), { in: 'cookie', name: '__Host-access_token' }],
    [new TokenCookies({ secure: false, name: 'shop' }), { in: 'cookie', name: 'shop_access_token' }],
    [new TokenCookies(), { in: 'cookie', name: '__Host-refresh_token' }, 'refresh'],
    [new TokenCookies(), { in: 'cookie', name: access, csrfHeader: 'X-CSRF-Token' }, 'access', 'POST'],
    [cookies, { in: 'cookie', name: access, csrfHeader: 'X-Proof' }, 'access', 'GET'],
    [cookies, { in: 'cookie', name: access, csrfHeader: 'X-Proof' }, 'access', 'HEAD'],
    [cookies, { in: 'cookie', name: access }, 'access', 'OPTIONS'],
    [new TokenCookies({ csrf: false }), { in: 'cookie', name: access }, 'access', 'POST'],
  ];
  for (const [location, description, type = 'access', method = 'GET'] of table) {
    it(`is ${JSON.stringify(description)} for ${type} tokens and ${method}`, () => {
      expect(location.describe?.(type, method)).to.deep.equal(description);
    });
  }
});

describe('a location of the application', () => {
  it('limits the length of tokens, as cookies do', () => {
    const place = { name: 'Place', maxTokenLength: 2000, read: () => undefined };
    const check = (maxTokenLength?: number) => () =>
      createAuthorizationChecker(testManager(maxTokenLength === undefined ? {} : { maxTokenLength }), {
        locations: [place],
      });
    expect(check()).not.to.throw();
    expect(check(2000)).not.to.throw();
    expect(check(2001)).to.throw(ConfigurationError, "which is all that fits in the location 'Place'");
  });
});

describe('WebSocketProtocol', () => {
  const read = (header: string | undefined, location = new WebSocketProtocol()) =>
    location.read({ headers: { 'sec-websocket-protocol': header } } as HttpRequest);

  for (const [header, token] of [
    [undefined, undefined],
    ['', undefined],
    ['chat', undefined],
    ['chat, bearer.a.b.c', 'a.b.c'],
    ['bearer.a.b.c,chat', 'a.b.c'],
    ['Bearer.a.b.c', undefined],
  ] as const) {
    it(`reads ${String(token)} in ${String(header)}`, () => {
      expect(read(header)).to.equal(token);
    });
  }

  it('reads another prefix', () => {
    expect(read('chat, token-x', new WebSocketProtocol('token-'))).to.equal('x');
  });

  for (const header of ['bearer.', 'chat, bearer.', 'bearer.a, bearer.b', 'bearer.a, bearer.a']) {
    it(`rejects ${header}`, () => {
      expect(() => read(header)).to.throw(InvalidRequestError, 'Malformed WebSocket protocol');
    });
  }

  for (const prefix of ['', 'a b', 'a,', 1, null]) {
    it(`is not created with the prefix ${JSON.stringify(prefix)}`, () => {
      expect(() => new WebSocketProtocol(prefix as string)).to.throw(ConfigurationError, 'WebSocketProtocol');
    });
  }
});
