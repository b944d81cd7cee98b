import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A way to a server on the loopback on which everything can go wrong. */
export interface TcpProxy {
  readonly port: number;
  /** The port of the loopback where new connections lead. */
  target: number;
  /** How many milliseconds everything takes in each direction. */
  delay: number;
  /** Everything that is sent is lost, and nobody is told. Whoever has lost something that way gets nothing any more. */
  isBlackHole: boolean;
  /** Keeps everything that is sent until it is released, in order. */
  hold(): void;
  release(): void;
  /** Breaks all connections; new ones may be made. */
  cut(): void;
  /** Breaks all connections, and new ones are refused until it is opened again. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy before a port of the loopback. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let held: (() => void)[] | undefined;

  const server = createServer((socket) => {
    const upstream = connect(proxy.target, '127.0.0.1');
    const way = { isLost: false };
    join(socket, upstream, way);
    join(upstream, socket, way);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function join(from: Socket, to: Socket, way: { isLost: boolean }): void {
    sockets.add(from);
    let last: Promise<unknown> = Promise.resolve();
    const send = (pass: () => unknown) => {
      way.isLost ||= proxy.isBlackHole;
      if (way.isLost) return;
      const sentAt = performance.now();
      const { delay } = proxy;
      if (held) held.push(pass);
      // One after the other: what is sent later must not overtake, whatever the delay is then.
      else last = last.then(() => waitUntil(sentAt + delay)).then(pass);
    };
    from.on('data', (chunk) => {
      send(() => !to.destroyed && to.write(chunk));
    });
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      // What was sent before arrives before.
      send(() => to.end());
    });
  }

  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    delay: 0,
    isBlackHole: false,
    hold: () => {
      held ??= [];
    },
    release: () => {
      const passes = held ?? [];
      held = undefined;
      for (const pass of passes) pass();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    shut: async () => {
      server.close();
      proxy.cut();
      await once(server, 'close');
    },
    open: async () => {
      server.listen(proxy.port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: () => proxy.shut(),
  };
  return proxy;
}

async function waitUntil(moment: number): Promise<void> {
  const left = moment - performance.now();
  if (left > 0) await setTimeout(left);
}
