import type { TokenStore } from '../../store/token-store';
import { deadlineSpecs } from './store-deadlines';
import { erasureSpecs } from './store-erasure';
import type { StoreSpecs } from './store-fixtures';
import { listSpecs } from './store-lists';
import { loginSpecs } from './store-logins';
import { raceSpecs } from './store-races';
import {
  sessionRevocationSpecs,
  subjectRevocationSpecs,
  tokenRevocationSpecs,
  tokenSpecs,
} from './store-revocation';
import { rotationSpecs } from './store-rotation';
import { sessionSpecs } from './store-sessions';
import { readOptions } from '../../util/options';

/**
 * Where the suite puts its specs: mocha, jest, vitest and `node:test` have both.
 *
 * @example
 * ```ts
 * const runner: SpecRunner = { describe, it };
 * ```
 */
export interface SpecRunner {
  /** Groups specs under a title. */
  readonly describe: (title: string, body: () => void) => unknown;
  /** Defines one spec. */
  readonly it: (title: string, body: () => Promise<void>) => unknown;
}

/**
 * The options of {@link tokenStoreSuite}.
 *
 * @example
 * ```ts
 * const options: TokenStoreSuiteOptions = { rounds: 50 };
 * ```
 */
export interface TokenStoreSuiteOptions {
  /** How often each race is run. @default 20 */
  readonly rounds?: number | undefined;
  /** How many refreshes race. @default [2, 10, 50] */
  readonly callers?: readonly number[] | undefined;
}

/**
 * The contract of a {@link TokenStore} as specs, races included. Every shipped store passes it; a store that reads and
 * then writes fails it.
 *
 * @param runner where the specs go
 * @param createStore answers the store; it is asked once for each spec and may answer the same store again, as all ids
 *   are random. It need not be empty
 * @example
 * ```ts
 * import { after, describe, it } from 'mocha';
 * import { tokenStoreSuite } from 'routing-controllers-jwt/testing';
 *
 * describe('MyTokenStore', () => {
 *   const store = new MyTokenStore();
 *   tokenStoreSuite({ describe, it }, () => store);
 *   after(() => store.close());
 * });
 * ```
 */
export function tokenStoreSuite(
  { describe, it }: SpecRunner,
  createStore: () => TokenStore | Promise<TokenStore>,
  options: TokenStoreSuiteOptions = {},
): void {
  const own = readOptions('tokenStoreSuite', options, ['rounds', 'callers']);
  const { rounds = 20, callers = [2, 10, 50] } = own;
  const groups: Readonly<Record<string, StoreSpecs>> = {
    sessions: sessionSpecs,
    logins: loginSpecs,
    lists: listSpecs,
    rotation: rotationSpecs,
    'revocation of a session': sessionRevocationSpecs,
    'revocation of a subject': subjectRevocationSpecs,
    'revocation of a token': tokenRevocationSpecs,
    'revocation that erases': erasureSpecs,
    'a token': tokenSpecs,
    deadlines: deadlineSpecs,
    races: raceSpecs(rounds, callers),
  };
  for (const [title, specs] of Object.entries(groups)) {
    describe(title, () => {
      for (const [name, run] of Object.entries(specs)) it(name, async () => run(await createStore()));
    });
  }
}
