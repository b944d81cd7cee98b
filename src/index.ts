/**
 * The manager, the decorators, the checker, locations, keys, errors and the ready controllers.
 *
 * @module routing-controllers-jwt
 */

export { tokenOf } from './authentication/admission';
export { createJwtMiddleware, type JwtMiddleware } from './authentication/middleware';
export { authenticateUpgrade, type UpgradeRequirement } from './authentication/upgrade';
export { createAuthorizationChecker } from './controllers/checker/authorization-checker';
export type { AuthorizationCheckerOptions } from './controllers/checker/checker-options';
export {
  createOAuthController,
  type OAuthControllerOptions,
} from './endpoints/oauth/create-oauth-controller';
export { createTokenController } from './endpoints/token/create-token-controller';
export type { AttemptLimit, ThrottleOptions } from './endpoints/token/throttle-options';
export type { Login, TokenControllerOptions } from './endpoints/token/token-controller-options';
export type { ClientCheck } from './endpoints/oauth/client-authentication';
export { createJwksController } from './endpoints/jwks/jwks-controller';
export type { JwksControllerOptions } from './endpoints/jwks/jwks-options';
export { formatRoutes } from './controllers/routes/format-routes';
export { InjectToken } from './controllers/decorators/inject-token';
export {
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  type RouteDecorator,
} from './controllers/decorators/jwt-required';
export type { JwtRequirement } from './authentication/requirement';
export { describeRoutes, type RouteDescription } from './controllers/routes/route-audit';
export {
  ConfigurationError,
  CsrfError,
  FreshTokenRequiredError,
  HookFailedError,
  InvalidRequestError,
  IssuerUnavailableError,
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
} from './errors/errors';
export { BadCredentialsError, TooManyAttemptsError } from './errors/login-errors';
export type {
  IssuedEvent,
  ManagerEvents,
  RejectedEvent,
  SessionEvent,
  SessionRevokedEvent,
} from './manager/events';
export { BearerHeader, type BearerHeaderOptions } from './http/locations/bearer-header';
export { BodyField } from './http/locations/body-field';
export { QueryParameter } from './http/locations/query-parameter';
export type {
  LocationDescription,
  NamedPlace,
  TokenCarrier,
  TokenLocation,
} from './http/locations/token-location';
export { WebSocketProtocol } from './http/locations/web-socket-protocol';
export type { HttpRequest, RequestSource } from './http/request/http-request';
export type { CookieTokens } from './http/cookies/cookie-tokens';
export { TokenCookies } from './http/cookies/token-cookies';
export type { SetCookiesOptions, TokenCookiesOptions } from './http/cookies/token-cookies-options';
export type { Algorithm } from './keys/key';
export { KeySet } from './keys/key-set';
export type { KeyFileOptions, KeyOptions } from './keys/sources/key-source';
export type { RetireOptions } from './keys/retirement';
export type { IssueOptions, LoginDetails } from './manager/issue-options';
export { JwtManager } from './manager/jwt-manager';
export type {
  RefreshOptions,
  RevokeAllOptions,
  RevokeSessionOptions,
  VerifyExpectations,
} from './manager/call-options';
export type { RedeemOptions, TicketOptions } from './manager/ticket-options';
export type { ClaimsFor, JwtManagerOptions } from './manager/manager-options';
export type { ClaimsTo, TrustedIssuer } from './manager/trusted-issuer-options';
export type { ListSessionsOptions } from './sessions/session-arguments';
export type { SessionEndReason } from './sessions/session-end-reason';
export type { TokenPair } from './sessions/token-pair';
export type { SessionDetails } from './sessions/session-details';
export { resolveRotation } from './store/resolve-rotation';
export { MemoryTokenStore } from './store/memory/memory-token-store';
export type { MemoryTokenStoreOptions } from './store/memory/memory-token-store-options';
export type { OnceEvent, OnceStore } from './store/once-store';
export { shardOf, subjectHash } from './store/shard';
export type { RevocationChange } from './store/revocation-change';
export type {
  LoginLimits,
  LoginResult,
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
export type { Challenge } from './errors/response-headers';
