import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import Koa from 'koa';
import { ConfigurationError } from '../../src';
import { requestOf } from '../../src/http/request/request-of';

function pair(url = '/a/b?x=1#y', headers: IncomingMessage['headers'] = { host: 'app.example:8000' }) {
  const req = new IncomingMessage(new Socket());
  Object.assign(req, { url, method: 'POST', headers });
  return { req, res: new ServerResponse(req) };
}

/** What a middleware of Express gets. */
function expressPair(app = express(), url?: string, headers?: IncomingMessage['headers']) {
  const { req, res } = pair(url, headers);
  // Without any middleware, Express does not touch the request.
  app.use((_request, response) => {
    response.removeHeader('X-Powered-By');
  });
  app(req as never, res as never);
  return { req: req as unknown as express.Request, res: res as unknown as express.Response };
}

describe('requestOf', () => {
  it("finds one request from Koa's context, request, response and action", () => {
    const { req, res } = pair();
    const context = new Koa().createContext(req, res);
    const found = requestOf(context);
    const action = { context, request: context.request, response: context.response };
    for (const source of [context, context.request, context.response, action, found])
      expect(requestOf(source)).to.equal(found);
    expect(found).to.include({ req, res, method: 'POST', path: '/a/b', host: 'app.example:8000' });
    expect(found).to.include({ protocol: 'http', body: undefined, rawBody: undefined });
    expect([...found.query]).to.deep.equal([['x', '1']]);
  });

  it('finds one request from the request, response and action of Express', () => {
    const { req, res } = expressPair();
    const found = requestOf(req);
    for (const source of [req, res, { request: req, response: res }, found])
      expect(requestOf(source)).to.equal(found);
    expect(found).to.include({ req, res, method: 'POST', path: '/a/b', host: 'app.example:8000', ip: '' });
    expect(found).to.include({ protocol: 'http', body: undefined, rawBody: undefined });
    expect([...found.query]).to.deep.equal([['x', '1']]);
  });

  it('reads the body and its text where the parser of Express put them', () => {
    for (const rawBody of ['{}', Buffer.from('{}')]) {
      const { req } = expressPair();
      Object.assign(req, { body: {}, rawBody });
      expect(requestOf(req)).to.deep.include({ body: {}, rawBody: '{}' });
    }
  });

  for (const [trust, forwarded, host] of [
    [false, 'other.example', 'app.example:8000'],
    [true, 'other.example:1, inner.example', 'other.example:1'],
    [true, undefined, 'app.example:8000'],
  ] as const) {
    it(`takes ${host} for the host of Express with trust proxy ${String(trust)} and ${String(forwarded)}`, () => {
      const headers = {
        host: 'app.example:8000',
        ...(forwarded !== undefined && { 'x-forwarded-host': forwarded }),
      };
      const { req } = expressPair(express().set('trust proxy', trust), '/', headers);
      expect(requestOf(req).host).to.equal(host);
    });
  }

  it('finds the request of Node.js where no framework has seen it', () => {
    const { req, res } = pair('http://app.example/a%20b?x=1');
    expect(requestOf(res)).to.include({ req, res, path: '/a%20b', protocol: 'http', ip: '' });
    expect(requestOf({ req, res })).to.equal(requestOf(res));
    expect(requestOf(req).res).to.be.instanceOf(ServerResponse);
    expect(requestOf({ request: req })).to.equal(requestOf(req));
    expect(requestOf({ request: undefined, response: res } as never)).to.equal(requestOf(res));
    Object.assign(req.socket, { encrypted: true });
    expect(requestOf(res)).to.include({ protocol: 'https' });
  });

  it('has an empty host where the request of Express has none', () => {
    expect(requestOf(expressPair(express(), '/', {}).req).host).to.equal('');
  });

  it('has a host, a path and a query where the request of Node.js has none', () => {
    const { req } = pair('', {});
    expect(requestOf(req)).to.include({ host: '', path: '' });
    Object.assign(req, { url: undefined, method: undefined });
    expect(requestOf(req)).to.include({ path: '', method: '' });
    expect([...requestOf(req).query]).to.deep.equal([]);
  });

  for (const source of [undefined, null, {}, { request: {}, response: {} }, { context: {} }, 'request']) {
    it(`throws for ${JSON.stringify(source)}`, () => {
      expect(() => requestOf(source as never)).to.throw(ConfigurationError, 'there is no request');
    });
  }
});
