import type { ServerResponse } from 'node:http';
import { createNotes } from '../../util/notes';

/** Adjusts the headers of a response just before they are sent. */
export interface Adjustment {
  adjust(res: ServerResponse, status: number): void;
}

/** As the application gave them; Node.js checks them. */
type Header = readonly [name: unknown, value: unknown];

type WriteHead = (this: ServerResponse, ...head: unknown[]) => ServerResponse;

/** What is adjusted, the last one first, and what sends the headers then. */
interface Sending {
  readonly adjustment: Adjustment;
  readonly earlier: Sending | undefined;
  readonly writeHead: WriteHead;
}

const sendings = createNotes<Sending>();

/**
 * Adjusts the headers of a response just before they are sent, after everything that could still change them: `@Header` of
 * a method, the framework's error handler, and headers given to `res.writeHead`. The last adjustment added runs first.
 */
export function beforeSending(res: ServerResponse, adjustment: Adjustment): void {
  const earlier = sendings.get(res);
  const { writeHead } = earlier ?? (res as { readonly writeHead: WriteHead });
  if (!earlier) res.writeHead = adjustAndWriteHead;
  sendings.set(res, { adjustment, earlier, writeHead });
}

function adjustAndWriteHead(this: ServerResponse, ...head: unknown[]): ServerResponse {
  const last = sendings.get(this) as Sending;
  const [status, reason] = head;
  const headers = head.length > 1 ? headersIn(head) : none;
  // Node.js rejects these itself, and changes no header before it does.
  if (this.headersSent || !headers || !isStatus(status)) return last.writeHead.apply(this, head);
  for (const [name, value] of headers) this.setHeader(name as string, value as string);
  for (let sending: Sending | undefined = last; sending; sending = sending.earlier)
    sending.adjustment.adjust(this, Number(status));
  return typeof reason === 'string'
    ? last.writeHead.call(this, status, reason)
    : last.writeHead.call(this, status);
}

const none: readonly Header[] = [];

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
