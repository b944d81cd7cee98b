import type { ServerResponse } from 'node:http';
import { createNotes } from '../../util/notes';

/** Adjusts the headers of a response just before they are sent. */
export interface Adjustment {
  adjust(res: ServerResponse, status: number): void;
}

/** As the application gave them; Node.js checks them. */
type Header = readonly [name: unknown, value: unknown];

type WriteHead = (this: ServerResponse, ...head: unknown[]) => ServerResponse;

/** What is adjusted, the last one first. */
interface Sending {
  readonly adjustment: Adjustment;
  readonly earlier: Sending | undefined;
}

/** By the function that sends the headers: on a response of Express, a note of its own would cost microseconds. */
const pendingAt = createNotes<{ last: Sending }>();

/**
 * Adjusts the headers of a response just before they are sent, after everything that could still change them: `@Header` of
 * a method, the framework's error handler, and headers given to `res.writeHead`. The last adjustment added runs first. One
 * that is added again does nothing: a checker may be called for each field of a long list.
 */
export function beforeSending(res: ServerResponse, adjustment: Adjustment): void {
  const { writeHead } = res as { readonly writeHead: WriteHead };
  const pending = pendingAt.get(writeHead);
  if (!pending) adjustAtHead(res, writeHead, { last: { adjustment, earlier: undefined } });
  else if (!includes(pending.last, adjustment)) pending.last = { adjustment, earlier: pending.last };
}

function includes(last: Sending, adjustment: Adjustment): boolean {
  for (let each: Sending | undefined = last; each; each = each.earlier)
    if (each.adjustment === adjustment) return true;
  return false;
}

function adjustAtHead(res: ServerResponse, writeHead: WriteHead, pending: { last: Sending }): void {
  const adjusted = function (this: ServerResponse, ...head: unknown[]): ServerResponse {
    const [status, reason] = head;
    // Node.js rejects these itself, and changes no header before it does.
    if (this.headersSent || !isStatus(status) || !(head.length === 1 || setGivenHeaders(this, head)))
      return writeHead.apply(this, head);
    for (let each: Sending | undefined = pending.last; each; each = each.earlier)
      each.adjustment.adjust(this, Number(status));
    return typeof reason === 'string' ? writeHead.call(this, status, reason) : writeHead.call(this, status);
  };
  pendingAt.set(adjusted, pending);
  res.writeHead = adjusted;
}

function isStatus(status: unknown): boolean {
  return Number(status) >= 100 && Number(status) <= 999;
}

/** Sets the headers that were given to `writeHead`. @returns false where Node.js will reject them */
function setGivenHeaders(res: ServerResponse, head: readonly unknown[]): boolean {
  const headers = headersIn(head);
  for (const [name, value] of headers ?? []) res.setHeader(name as string, value as string);
  return headers !== undefined;
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
