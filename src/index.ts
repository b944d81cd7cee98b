export { authenticateUpgrade, type UpgradeRequirement } from './controllers/authenticate-upgrade';
export { createAuthorizationChecker } from './controllers/authorization-checker';
export type { AuthorizationCheckerOptions } from './controllers/checker-options';
export { createCurrentUserChecker } from './controllers/current-user-checker';
export { formatRoutes } from './controllers/format-routes';
export { InjectToken } from './controllers/inject-token';
export {
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  type RouteDecorator,
} from './controllers/jwt-required';
export type { JwtRequirement } from './controllers/requirement';
export { describeRoutes, type RouteDescription } from './controllers/route-audit';
export {
  ConfigurationError,
  CsrfError,
  FreshTokenRequiredError,
  HookFailedError,
  InvalidRequestError,
  JwtError,
  PermissionDeniedError,
  RefreshReusedError,
  StoreUnavailableError,
  TokenExpiredError,
  TokenInvalidError,
  TokenMissingError,
  TokenRevokedError,
  WrongTokenTypeError,
  type JwtErrorCode,
} from './errors';
export type { IssuedEvent, ManagerEvents, RejectedEvent, SessionEvent, SessionRevokedEvent } from './events';
export { BearerHeader, type BearerHeaderOptions } from './http/locations/bearer-header';
export { BodyField } from './http/locations/body-field';
export { QueryParameter } from './http/locations/query-parameter';
export type { TokenLocation } from './http/locations/token-location';
export type { CookieTokens } from './http/cookie-tokens';
export { TokenCookies, type SetCookiesOptions } from './http/token-cookies';
export type { TokenCookiesOptions } from './http/token-cookies-options';
export type { Algorithm } from './keys/key';
export { KeySet } from './keys/key-set';
export type { IssueOptions, LoginDetails } from './issue-options';
export { JwtManager } from './manager';
export type {
  ClaimsFor,
  JwtManagerOptions,
  RefreshOptions,
  RevokeAllOptions,
  RevokeSessionOptions,
  VerifyExpectations,
} from './manager-options';
export type { ListSessionsOptions } from './sessions/session-arguments';
export type { SessionEndReason } from './sessions/session-end-reason';
export type { TokenPair } from './sessions/token-pair';
export type { SessionDetails } from './sessions/session-details';
export { MemoryTokenStore, type MemoryTokenStoreOptions } from './store/memory-token-store';
export type {
  LoginLimits,
  LoginResult,
  RevocationChange,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from './store/token-store';
export { Token, type TokenType } from './token/token';
export type { Clock } from './util/clock';
export type { Duration } from './util/duration';
export type { Challenge } from './util/response-headers';
