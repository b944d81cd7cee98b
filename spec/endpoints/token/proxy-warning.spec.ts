import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { IsString } from 'class-validator';
import express from 'express';
import Koa from 'koa';
import { createAuthorizationChecker, createTokenController } from '../../../src';
import { warnOfUntrustedProxy } from '../../../src/endpoints/token/proxy-warning';
import type { FrameworkRequest } from '../../../src/http/request/http-request';
import { request, startApp } from '../../support/app';
import { testManager } from '../../support/manager';
import { warningsDuring } from '../../support/warnings';

class ProxyLoginDto {
  @IsString() username!: string;
}

const manager = testManager();
const throttle = { account: { attempts: 1000 }, address: { attempts: 1000 } };
const options = { prefix: '/behind-proxy', credentials: ProxyLoginDto, authenticate: () => null, throttle };
const Limited = createTokenController(manager, options);
const Open = createTokenController(manager, { ...options, prefix: '/unlimited', throttle: false });
const authorizationChecker = createAuthorizationChecker(manager);

function frameworks(isTrusted: boolean): [name: string, create: () => Koa | express.Express][] {
  return [
    ['koa', () => Object.assign(new Koa(), { proxy: isTrusted, maxIpsCount: 1 })],
    [
      'express',
      () =>
        express()
          .set('env', 'test')
          .set('trust proxy', isTrusted ? 1 : false),
    ],
  ];
}

/** Logs in twice. */
function warningsOf(
  app: Koa | express.Express,
  forwarded?: string,
  prefix = '/behind-proxy',
): Promise<Error[]> {
  return warningsDuring(async () => {
    const running = await startApp({ controllers: [Limited, Open], authorizationChecker }, app);
    for (const username of ['ada', 'grace']) {
      const headers = {
        'Content-Type': 'application/json',
        ...(forwarded !== undefined && { 'X-Forwarded-For': forwarded }),
      };
      const init = { method: 'POST', headers, body: JSON.stringify({ username }) };
      expect((await request(`${running.url}${prefix}/login`, init)).status).to.equal(401);
    }
    await running.close();
  });
}

describe('A login through a proxy', () => {
  for (const [name, create] of frameworks(false)) {
    it(`is a warning if ${name} does not trust it: once, without an address`, async () => {
      const warnings = await warningsOf(create(), '203.0.113.7');
      expect(warnings.map((warning) => warning.name)).to.deep.equal(['JwtProxyWarning']);
      expect(warnings[0]?.message)
        .to.match(/^createTokenController: logins have the header X-Forwarded-For/)
        .and.not.match(/\d\.\d|ada/);
    });

    it(`is none with ${name} without the header, or without a limit`, async () => {
      expect(await warningsOf(create())).to.deep.equal([]);
      expect(await warningsOf(create(), '203.0.113.7', '/unlimited')).to.deep.equal([]);
    });
  }

  for (const [name, create] of frameworks(true)) {
    for (const forwarded of ['203.0.113.7', '198.51.100.1, 203.0.113.7', '127.0.0.1']) {
      it(`is no warning if ${name} trusts it: ${forwarded}`, async () => {
        expect(await warningsOf(create(), forwarded)).to.deep.equal([]);
      });
    }
  }

  const peers: [peer: string | undefined, isNear: boolean][] = [
    ['127.0.0.1', true],
    ['::ffff:10.1.2.3', true],
    ['172.31.255.255', true],
    ['192.168.0.1', true],
    ['100.64.0.1', true],
    ['::1', true],
    ['fd12::1', true],
    ['fe80::1', true],
    [undefined, true],
    ['172.32.0.1', false],
    ['203.0.113.1', false],
    ['::ffff:203.0.113.1', false],
    ['2001:db8::1', false],
  ];
  for (const [remoteAddress, isNear] of peers) {
    it(`is ${isNear ? 'a' : 'no'} warning from ${String(remoteAddress)}`, async () => {
      const warnings = await warningsDuring(async () => {
        warnOfUntrustedProxy({
          app: {},
          ip: remoteAddress ?? '',
          headers: { 'x-forwarded-for': '198.51.100.7' },
          req: { socket: { remoteAddress } },
        } as unknown as FrameworkRequest);
      });
      expect(warnings).to.have.length(isNear ? 1 : 0);
    });
  }

  it('is a warning through a Unix socket as well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwt-socket-'));
    const socketPath = join(folder, 'app.sock');
    const koa = new Koa();
    const warnings = await warningsDuring(async () => {
      const running = await startApp({ controllers: [Limited], authorizationChecker }, koa);
      const server = koa.listen(socketPath);
      await once(server, 'listening');
      const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.7' };
      const path = '/behind-proxy/login';
      const sent = httpRequest({ socketPath, path, method: 'POST', headers, agent: false });
      sent.end('{"username":"ada"}');
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'close');
      server.close();
      await running.close();
    });
    rmSync(folder, { recursive: true });
    expect(warnings).to.have.length(1);
  });
});
