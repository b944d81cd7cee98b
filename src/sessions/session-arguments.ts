import { ConfigurationError } from '../errors/errors';
import type { Session, SessionPage } from '../store/token-store';
import { isIdentity } from '../claims/forms';
import { isPlainObject } from '../util/json';
import { readOptions } from '../util/options';

/**
 * The options of `listSessions`.
 *
 * @example
 * ```ts
 * const page = await jwtManager.listSessions(identity, { limit: 20, after: previousPage.at(-1) });
 * ```
 */
export interface ListSessionsOptions {
  /** The maximum number of sessions, 1 to 1000. @default 100 */
  readonly limit?: number | undefined;
  /** The last session of the previous page. */
  readonly after?: Pick<Session, 'id' | 'createdAt'> | undefined;
}

const largestPage = 1000;

/** @throws {@link ConfigurationError} if it is not a valid text */
export function checkText(value: unknown, name: string, example: string): void {
  if (!isIdentity(value)) throw new ConfigurationError(`${name} must be a string, such as ${example}`);
}

/** @throws {@link ConfigurationError} when an option is wrong */
export function resolvePage(options: ListSessionsOptions): SessionPage {
  const { limit = 100, after } = readOptions('listSessions', options, ['limit', 'after']);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage)
    throw new ConfigurationError('listSessions: limit must be a whole number from 1 to 1000');
  if (after === undefined) return { limit };
  if (!isPlainObject(after) || !isIdentity(after.id) || !Number.isFinite(after.createdAt))
    throw new ConfigurationError('listSessions: after must be the last session of the previous page');
  return { limit, after: { id: after.id, createdAt: after.createdAt } };
}
