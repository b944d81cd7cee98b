/**
 * Tokens, cookies, a clock and an identity provider for tests, and the contract of a token store as specs.
 *
 * @module routing-controllers-jwt/testing
 */

export { bearerFor } from './testing/kit/bearer-for';
export { cookiesFor, type CookieHeaders } from './testing/kit/cookies-for';
export { createClock, type TestClock } from './testing/kit/create-clock';
export { createIssuer } from './testing/kit/create-issuer';
export { expiredToken } from './testing/kit/expired-token';
export { forgedToken } from './testing/kit/forged-token';
export type { LoginOptions } from './testing/kit/login';
export { revokedToken } from './testing/kit/revoked-token';
export type { TestIssuer, TestIssuerOptions, TestTokenOptions } from './testing/kit/test-issuer';
export { onceStoreSuite } from './testing/store-suite/once-store-suite';
export {
  tokenStoreSuite,
  type SpecRunner,
  type TokenStoreSuiteOptions,
} from './testing/store-suite/token-store-suite';
