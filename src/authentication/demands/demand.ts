import type { Action } from 'routing-controllers';
import type { Challenge } from '../../errors/response-headers';
import type { Token, TokenType } from '../../token/token';

/** What a demand needs to know of the manager; seconds. */
export interface DemandLimits {
  readonly freshFor: number;
  readonly hookTimeout: number;
}

/** What a demand is held against. */
export interface Presented {
  readonly token: Token<object>;
  readonly action: Action;
  readonly limits: DemandLimits;
  /** What `currentUserChecker` returned; undefined without one, and for a demand that is not met last. */
  readonly user?: unknown;
}

/** Why a demand is not met, for operators. */
export interface Unmet {
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * One thing that a route can require of a token, such as roles. A new one is a file next to this one and a line in
 * `registry.ts`.
 *
 * @typeParam Members the member that it adds to `JwtRequirement`, as an interface
 * @typeParam Value what `resolve` makes of that member
 */
export interface Demand<Members extends object = Readonly<Record<string, unknown>>, Value = unknown> {
  /** The name of the member. */
  readonly name: keyof Members & string;
  /** The type of the tokens that open the route, in place of access tokens. */
  readonly tokenType?: TokenType;
  /** Whether it is met only after the store has vouched for the token, because it runs code of the application. */
  readonly isLast?: boolean;
  /**
   * Checks the member when a method is decorated.
   *
   * @param name what errors call the member, with its decorator: `@JwtRequired: roles`
   * @returns undefined when nothing is required
   * @throws {@link ConfigurationError} when it is wrong
   */
  resolve(given: NonNullable<Members[keyof Members]>, name: string): Value | undefined;
  /** @returns undefined when the token meets it */
  meet(value: Value, presented: Presented): Unmet | undefined | Promise<Unmet | undefined>;
  /**
   * What the challenge says to a client that must log in again (RFC 9470). A demand without this method is one of
   * permissions: no login helps.
   */
  stepUp?(value: Value, limits: DemandLimits): Pick<Challenge, 'maxAge' | 'acrValues'>;
  /** The scopes that the challenge names, space-separated (RFC 6750, section 3). */
  scope?(value: Value): string;
  /** In words, for `formatRoutes`. */
  describe(given: NonNullable<Members[keyof Members]>): string;
}
