import type { IncomingMessage } from 'node:http';
import { isPlainObject } from '../../util/json';
import type { HttpRequest } from '../../http/request/http-request';

/** The parameters of a request, by name. */
export type Form = ReadonlyMap<string, string>;

/** More than any token with its client has, in bytes. */
const longest = 65_536;

/**
 * The parameters in the body of a request, which is a form (RFC 6749, section 3.2): as a parser has left it or, where
 * none has run, as Express has none for this type, from the request itself.
 *
 * @returns undefined if it is no form, too long or not whole, or has a parameter twice
 */
export async function formOf({ req, body, headers }: HttpRequest): Promise<Form | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(String(headers['content-type']))) return undefined;
  if (req.readableEnded) return isPlainObject(body) ? fromParsed(body) : undefined;
  return fromText(await textOf(req));
}

function fromParsed(body: Readonly<Record<string, unknown>>): Form | undefined {
  const entries = Object.entries(body);
  // A parser makes a list or an object of a parameter that comes twice or has brackets.
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : undefined;
}

function fromText(text: string | undefined): Form | undefined {
  if (text === undefined) return undefined;
  const entries = [...new URLSearchParams(text)];
  const form = new Map(entries);
  return form.size === entries.length ? form : undefined;
}

async function textOf(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      length += chunk.length;
      // Read to the end, so that the client gets the response.
      if (length <= longest) chunks.push(chunk);
    }
  } catch {
    // The client has closed the connection: there is no one left who could read about an error.
    return undefined;
  }
  return length > longest ? undefined : Buffer.concat(chunks).toString();
}
