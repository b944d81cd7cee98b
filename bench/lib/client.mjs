// A client that costs little: it writes requests that are prepared, and reads no more of a response than where it ends.
import { connect } from 'node:net';
import { once } from 'node:events';

const headEnd = Buffer.from('\r\n\r\n');

/** Keep-alive connections to a port of the loopback. */
export class Client {
  #sockets = [];

  static async open(port, connections) {
    const client = new Client();
    client.#sockets = await Promise.all(
      Array.from({ length: connections }, async () => {
        const socket = connect(port, '127.0.0.1').setNoDelay(true);
        await once(socket, 'connect');
        return socket;
      }),
    );
    return client;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
  }

  /**
   * Sends so many requests, one after the other on each connection.
   *
   * @param requests as bytes, sent in turn
   * @param expected the status that all responses must have
   * @returns the latency of each in milliseconds
   */
  async send(requests, amount, expected = 200) {
    const latencies = [];
    let sent = 0;
    await Promise.all(
      this.#sockets.map(async (socket) => {
        while (sent < amount) {
          if (socket.destroyed) throw new Error('a connection was closed');
          const start = performance.now();
          socket.write(requests[sent++ % requests.length]);
          const status = await statusOf(socket);
          if (status !== expected) throw new Error(`a response has the status ${status}`);
          latencies.push(performance.now() - start);
        }
      }),
    );
    return latencies;
  }
}

/** A GET request as bytes. */
export function requestFor(path, token) {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Accept: */*', `Authorization: Bearer ${token}`];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function statusOf(socket) {
  return new Promise((resolve, reject) => {
    let received;
    const finish = (settle, value) => {
      socket.off('data', read).off('error', fail).off('close', fail);
      settle(value);
    };
    const fail = (error) => finish(reject, error || new Error('the connection was closed'));
    const read = (chunk) => {
      received = received ? Buffer.concat([received, chunk]) : chunk;
      const end = received.indexOf(headEnd);
      if (end < 0) return;
      const head = received.toString('latin1', 0, end);
      if (isComplete(head, received.subarray(end + 4))) finish(resolve, Number(head.slice(9, 12)));
    };
    socket.on('data', read).on('error', fail).on('close', fail);
  });
}

function isComplete(head, body) {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  return length === undefined ? body.toString('latin1').endsWith('0\r\n\r\n') : body.length >= Number(length);
}
