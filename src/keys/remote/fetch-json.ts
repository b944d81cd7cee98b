/** The longest response in bytes. The key sets of large providers have some 20 kB. */
const maximumBytes = 262_144;

/**
 * Sends a GET request for JSON. A redirect is an error, and so is a response that is too long: no more of it is kept.
 *
 * @param url whose scheme and host were checked
 * @returns the whole response, whose status is 200
 */
export async function fetchJson(url: string, signal: AbortSignal): Promise<Response> {
  const headers = { Accept: 'application/json, application/jwk-set+json' };
  const { status, body } = await fetch(url, { headers, redirect: 'manual', signal });
  if (status === 200) return new Response(await bytesOf(body));
  await body?.cancel();
  throw new Error(`the status of ${url} is ${String(status)}, not 200`);
}

async function bytesOf(body: Response['body']): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > maximumBytes) throw new Error(`the response has more than ${String(maximumBytes)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
