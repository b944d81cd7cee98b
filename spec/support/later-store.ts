import { setImmediate } from 'node:timers/promises';
import type { TokenStore } from '../../src';

const verbs = [
  'createSession',
  'findSession',
  'rotateSession',
  'revokeSession',
  'revokeSubject',
  'forgetSubject',
  'listSessions',
  'revokeToken',
  'isRevoked',
] as const satisfies (keyof TokenStore)[];

/** The verbs of a store. */
export type Verb = (typeof verbs)[number];

/** What a store is asked, before it is. */
export type Intervene = (verb: Verb, ask: () => unknown, args: unknown[]) => unknown;

/** A store in whose verbs a spec has a word. */
export function intervenedStore(store: TokenStore, intervene: Intervene): TokenStore {
  const verbFor = (verb: Verb) => [
    verb,
    (...args: unknown[]) => {
      const ask = () => (store as unknown as Record<Verb, (...args: unknown[]) => unknown>)[verb](...args);
      return intervene(verb, ask, args);
    },
  ];
  return Object.fromEntries(verbs.map(verbFor)) as TokenStore;
}

/** A store that answers a little later, as those do that are reached by a network. */
export function laterStore(store: TokenStore): TokenStore {
  return intervenedStore(store, async (_, ask) => {
    await setImmediate();
    const answer = await ask();
    await setImmediate();
    return answer;
  });
}
