import { BlockList, isIPv6 } from 'node:net';
import type { FrameworkRequest } from '../../http/request/http-request';
import { warn } from '../../util/warn';
import { networkOf } from './network-of';

/** Applications that have been warned of. */
const warned = new WeakSet<object>();

/** Addresses that no client in the Internet has: those of proxies in the same machine or network. */
const inside = new BlockList();
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inside.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inside.addSubnet(address, prefix, 'ipv6');

/**
 * Warns once for each application whose logins come through a proxy that it does not trust: all users would share the
 * address of the proxy, and its limit. Only a proxy nearby counts. A client in the Internet can send the same header, and
 * trusting it would let clients choose their addresses.
 */
export function warnOfUntrustedProxy({ app, ip, headers, req }: FrameworkRequest): void {
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || !app || warned.has(app)) return;
  const peer = req.socket.remoteAddress ?? '';
  if (ip !== peer || !isInside(peer)) return;
  const clients = String(forwarded).split(',');
  if (clients.some((client) => networkOf(client.trim()) === networkOf(ip))) return;
  warned.add(app);
  warn(
    'JwtProxyWarning',
    'createTokenController: logins have the header X-Forwarded-For, but the address of a proxy. All users share the limit of ' +
      'failed logins of this address. Trust the proxy: app.proxy = true and app.maxIpsCount = 1 (Koa), or ' +
      "app.set('trust proxy', 1) (Express), with the number of your proxies.",
  );
}

/** A Unix socket has no address. */
function isInside(peer: string): boolean {
  return peer === '' || inside.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4');
}
