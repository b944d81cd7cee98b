import type { ServerResponse } from 'node:http';

/** Called with the status just before the headers of a response are sent. It may still change them. */
export type SendingListener = (status: number) => void;

/** As the application gave them; Node.js checks them. */
type Header = readonly [name: unknown, value: unknown];

const listenersOf = new WeakMap<ServerResponse, SendingListener[]>();

/**
 * Calls a listener just before the headers of a response are sent, after everything that could still change them:
 * `@Header` of a method, the framework's error handler, and headers given to `res.writeHead`. The last listener added runs first.
 */
export function beforeSending(res: ServerResponse, listener: SendingListener): void {
  const known = listenersOf.get(res);
  if (known) {
    known.unshift(listener);
    return;
  }
  const listeners = [listener];
  listenersOf.set(res, listeners);
  replaceWriteHead(res, listeners);
}

function replaceWriteHead(res: ServerResponse, listeners: readonly SendingListener[]): void {
  const writeHead = res.writeHead.bind(res) as (...head: unknown[]) => ServerResponse;
  res.writeHead = (...head: unknown[]) => {
    const [status, reason] = head;
    const headers = headersIn(head);
    // Node.js rejects these itself, and changes no header before it does.
    if (res.headersSent || !headers || !isStatus(status)) return writeHead(...head);
    for (const [name, value] of headers) res.setHeader(name as string, value as string);
    for (const listener of listeners) listener(Number(status));
    return typeof reason === 'string' ? writeHead(status, reason) : writeHead(status);
  };
}

function isStatus(status: unknown): boolean {
  return Number(status) >= 100 && Number(status) <= 999;
}

/** The headers among the arguments of `writeHead(status, reason?, headers?)`; undefined when an array has a name without a value. */
function headersIn([, reason, given]: readonly unknown[]): Iterable<Header> | undefined {
  const headers = given ?? reason;
  if (!Array.isArray(headers)) return typeof headers === 'object' && headers ? namedIn(headers) : [];
  const list = headers as unknown[];
  if (Array.isArray(list[0])) return grouped(list as Header[]);
  return list.length % 2 === 0 ? grouped(pairsIn(list)) : undefined;
}

function namedIn(headers: object): Header[] {
  return Object.entries(headers).filter(([name]) => name);
}

function pairsIn(list: readonly unknown[]): Header[] {
  return Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index], list[2 * index + 1]]);
}

/** An array may name a header several times, and each of its lines is sent. */
function grouped(pairs: readonly Header[]): Iterable<Header> {
  const byName = new Map<string, Header>();
  for (const [name, value] of pairs) {
    const key = String(name).toLowerCase();
    const earlier = byName.get(key);
    byName.set(key, [name, earlier ? [earlier[1], value].flat() : value]);
  }
  return byName.values();
}
