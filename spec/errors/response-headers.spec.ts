import { expect } from 'chai';
import { responseHeaders } from '../../src/errors/response-headers';

describe('the headers of a refusal', () => {
  const invalid = { error: 'invalid_token' } as const;

  it('are a challenge on every 401 (RFC 6750, section 3)', () => {
    expect(responseHeaders(401, 'x', undefined)).to.deep.equal({
      'WWW-Authenticate': 'Bearer realm="api"',
      'Cache-Control': 'no-store',
    });
    expect(responseHeaders(401, 'Token is invalid', invalid, 'shop')).to.deep.equal({
      'WWW-Authenticate': 'Bearer realm="shop", error="invalid_token", error_description="Token is invalid"',
      'Cache-Control': 'no-store',
    });
  });

  it('are a challenge where there is one to give', () => {
    expect(responseHeaders(400, 'x', { error: 'invalid_request' })).to.deep.equal({
      'Cache-Control': 'no-store',
      'WWW-Authenticate': 'Bearer realm="api", error="invalid_request", error_description="x"',
    });
    expect(responseHeaders(403, 'x', { error: 'insufficient_scope', scope: 'a b' })).to.deep.equal({
      'Cache-Control': 'no-store',
      'WWW-Authenticate':
        'Bearer realm="api", error="insufficient_scope", error_description="x", scope="a b"',
    });
    expect(responseHeaders(403, 'x', undefined)).to.deep.equal({ 'Cache-Control': 'no-store' });
  });

  it('say how old a login may be (RFC 9470, section 3)', () => {
    const challenge = { error: 'insufficient_user_authentication', maxAge: 300 } as const;
    expect(responseHeaders(401, 'x', challenge)['WWW-Authenticate']).to.equal(
      'Bearer realm="api", error="insufficient_user_authentication", error_description="x", max_age="300"',
    );
  });

  it('keep every refusal out of caches', () => {
    for (const status of [400, 401, 403, 500, 503])
      expect(responseHeaders(status, 'x', undefined)).to.include({ 'Cache-Control': 'no-store' });
  });

  it('say when to try again where that can help', () => {
    expect(responseHeaders(503, 'x', undefined)).to.include({ 'Retry-After': '1' });
    expect(responseHeaders(500, 'x', undefined)).not.to.have.property('Retry-After');
  });
});
