import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import zlib from 'node:zlib';

/** Functions to watch: what they hang on, and their names. */
export type Watch = readonly [owner: object, ...names: string[]];

/** What reaches outside the process: files, the network, other programs. */
const outside: readonly Watch[] = [
  [fs, 'open', 'openSync', 'readFile', 'readFileSync', 'createReadStream', 'stat', 'statSync', 'existsSync'],
  [fs, 'readdir', 'readdirSync', 'access', 'accessSync', 'realpathSync', 'readlinkSync', 'lstatSync'],
  [fs.promises, 'open', 'readFile', 'stat', 'access', 'readdir'],
  [net, 'connect', 'createConnection'],
  [net.Socket.prototype, 'connect'],
  [http, 'request', 'get'],
  [https, 'request', 'get'],
  [globalThis, 'fetch'],
  [dns, 'lookup', 'resolve'],
  [childProcess, 'spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
];

/** What unpacks compressed bytes. */
const unpacking: readonly Watch[] = [
  [
    zlib,
    'inflate',
    'inflateSync',
    'inflateRaw',
    'inflateRawSync',
    'gunzip',
    'gunzipSync',
    'unzip',
    'unzipSync',
  ],
  [zlib, 'createInflate', 'createInflateRaw', 'createGunzip', 'createUnzip', 'brotliDecompressSync'],
];

/** Everything that a token's text must never set off. */
export const forbidden: readonly Watch[] = [...outside, ...unpacking];

/** What creates or compares a signature: one `createHmac`, `createVerify` or `verify` is one check. */
export const signatureSteps: readonly Watch[] = [
  [crypto, 'createHmac', 'createVerify', 'createSign', 'sign', 'verify'],
];

/** What reads a token's bytes. */
export const decoding: readonly Watch[] = [
  [Buffer, 'from'],
  [Buffer.prototype, 'toString'],
  [TextDecoder.prototype, 'decode'],
  [JSON, 'parse'],
  [globalThis, 'atob'],
];

/** The names of the watched functions that were called while something ran, in order. */
export async function callsDuring(watches: readonly Watch[], run: () => unknown): Promise<string[]> {
  const calls: string[] = [];
  const restores = watches.flatMap(([owner, ...names]) => names.map((name) => watch(owner, name, calls)));
  try {
    await run();
  } finally {
    for (const restore of restores) restore();
  }
  return calls;
}

function watch(owner: object, name: string, calls: string[]): () => void {
  const original = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
  const watched = function (this: unknown, ...given: unknown[]): unknown {
    calls.push(name);
    return Reflect.apply(original, this, given);
  };
  // What hangs on the function itself stays within reach.
  Object.setPrototypeOf(watched, original);
  Reflect.set(owner, name, watched);
  return () => {
    Reflect.set(owner, name, original);
  };
}
