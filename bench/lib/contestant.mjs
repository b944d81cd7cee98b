// Starts the server of a contestant and measures what its requests cost.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, requestFor } from './client.mjs';

const serverFile = fileURLToPath(new URL('server.mjs', import.meta.url));
const connections = 16;

/** A server and a client with connections to it. */
export class Contestant {
  #name;
  #child;
  #client;

  /** @returns undefined if its packages are not installed */
  static async start(app, variant) {
    const contestant = new Contestant();
    contestant.#name = `${app} ${variant}`;
    contestant.#child = fork(serverFile, [app, variant, ...process.argv.slice(2)], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    });
    const [started] = await Promise.race([
      once(contestant.#child, 'message'),
      once(contestant.#child, 'exit'),
    ]);
    if (started === 'not installed') return undefined;
    if (typeof started !== 'object') throw new Error(`${app} ${variant} did not start`);
    const { port, open, routes } = started;
    contestant.port = port;
    contestant.routes = routes.map(({ name, path, tokens }) => ({
      name,
      path,
      tokens,
      requests: tokens.map((token) => requestFor(path, token)),
      // The open method gets the same headers: to read them costs the framework something.
      open: tokens.map((token) => requestFor(open, token)),
    }));
    contestant.#client = await Client.open(port, connections);
    return contestant;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Sends requests. @returns the processor time of the server for each, in microseconds, and the latencies */
  async run(requests, amount, expected) {
    const before = await this.usage();
    const start = performance.now();
    const latencies = await this.#client.send(requests, amount, expected).catch((cause) => {
      throw new Error(this.#name, { cause });
    });
    const milliseconds = performance.now() - start;
    const { cpu } = await this.usage();
    return { cost: (cpu - before.cpu) / amount, rate: (amount / milliseconds) * 1000, latencies };
  }

  /** The processor time and the memory of the server. */
  async usage(message = 'usage') {
    this.#child.send(message);
    const [usage] = await once(this.#child, 'message');
    return usage;
  }

  close() {
    this.#client.close();
    this.#child.disconnect();
  }
}
