import crypto, { KeyObject } from 'node:crypto';

// A process of its own imports this before everything else: libraries take such functions out of the module once.

/** What was done with keys since the last reset. */
export const keyUse = { parsed: 0, used: 0, usedAsText: 0 };

for (const name of ['createPublicKey', 'createPrivateKey', 'createSecretKey']) {
  wrap(crypto, name, () => keyUse.parsed++);
}

/** Functions that take a prepared key, or parse one that is text on each call, and the place of the key. */
const users: [object, string, number][] = [
  [crypto, 'createHmac', 1],
  [crypto, 'sign', 2],
  [crypto, 'verify', 2],
  [crypto.Sign.prototype, 'sign', 0],
  [crypto.Verify.prototype, 'verify', 0],
];
for (const [owner, name, place] of users) {
  wrap(owner, name, (given) => {
    keyUse.used++;
    if (!isPrepared(given[place])) keyUse.usedAsText++;
  });
}

function isPrepared(key: unknown): boolean {
  return key instanceof KeyObject || (key as { key?: unknown } | undefined)?.key instanceof KeyObject;
}

function wrap(owner: object, name: string, note: (given: unknown[]) => void): void {
  const original = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
  Reflect.set(owner, name, function (this: unknown, ...given: unknown[]): unknown {
    note(given);
    return Reflect.apply(original, this, given);
  });
}
