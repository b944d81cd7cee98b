export {
  createAuthorizationChecker,
  type AuthorizationCheckerOptions,
} from './controllers/authorization-checker';
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
export type { IssuedEvent, ManagerEvents, RejectedEvent } from './events';
export { BearerHeader, type BearerHeaderOptions } from './http/locations/bearer-header';
export type { TokenLocation } from './http/locations/token-location';
export type { Algorithm } from './keys/key';
export { KeySet } from './keys/key-set';
export { JwtManager, type TokenPair, type VerifyExpectations } from './manager';
export type { IssueOptions, JwtManagerOptions } from './manager-options';
export { Token, type TokenType } from './token/token';
export type { Clock } from './util/clock';
export type { Duration } from './util/duration';
export type { Challenge } from './util/response-headers';
