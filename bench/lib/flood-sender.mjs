// Sends forged tokens at a steady rate: a process of flood.mjs.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { Client, requestFor } from './client.mjs';
import { steadily } from './steadily.mjs';

// It shares a processor with the client that is measured, and must not make it wait.
setPriority(constants.priority.PRIORITY_LOW);
const [{ port, path, tokens, seconds, rate }] = await once(process, 'message');
const client = await Client.open(port, 16);
let count = 0;
await send(100);
process.send('ready');
await once(process, 'message');
await steadily(seconds, rate, send);
client.close();
process.disconnect();

function send(amount) {
  return client.send(Array.from({ length: amount }, forged), amount, 401);
}

/** The same token with another signature, as long as its own. */
function forged() {
  const [header, claims, signature] = tokens[count++ % tokens.length].split('.');
  const bytes = Buffer.from(signature, 'base64url').length;
  return requestFor(path, [header, claims, randomBytes(bytes).toString('base64url')].join('.'));
}
