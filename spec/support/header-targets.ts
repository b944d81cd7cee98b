import { expect } from 'chai';
import { callsDuring, forbidden } from './calls';
import { shortList } from './full';
import { expectInvalid, targetFor } from './target';

/** A target of each kind of key. */
export const headerTargets = shortList(['HS256', 'ES256', 'RS256', 'PS256', 'EdDSA'] as const, 3).map(
  (algorithm) => targetFor(algorithm),
);

/** Refuses a header that the manager's own key has signed, everywhere, without reaching for anything. */
export async function expectHeaderRefused(changes: object, reason: string): Promise<void> {
  for (const { manager, header, claims, sign } of headerTargets) {
    const token = sign(header(changes), claims());
    const calls = await callsDuring(forbidden, () => expectInvalid(manager, token, reason));
    expect(calls).to.deep.equal([]);
  }
}
