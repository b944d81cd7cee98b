import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { TokenCookies, type HttpRequest } from '../../../src';
import { logoutLocation } from '../../../src/endpoints/token/logout-location';

describe('Where a logout finds its token', () => {
  it('is the refresh cookie, or the access cookie where the other has a path of its own', () => {
    const location = logoutLocation(new TokenCookies({ secure: false }));
    const read = (cookie: string) => location.read({ headers: { cookie } } as HttpRequest, 'any');
    expect(read('access_token=a; refresh_token=r')).to.equal('r');
    expect(read('access_token=a')).to.equal('a');
    expect(read('x=y')).to.equal(undefined);
    expect(location.describe?.('access', 'GET')).to.deep.equal({ in: 'cookie', name: 'access_token' });
  });

  it('is the body, or the header', () => {
    const location = logoutLocation(undefined);
    const headers = { authorization: 'Bearer a' };
    const read = (body: object) => {
      const req = Object.assign(new IncomingMessage(new Socket()), { headers });
      return location.read({ method: 'POST', headers, body, req } as unknown as HttpRequest, 'any');
    };
    expect(read({ refresh_token: 'r' })).to.equal('r');
    expect(read({})).to.equal('a');
    expect(location.describe?.('access', 'GET')).to.deep.equal({ scheme: 'bearer' });
  });
});
