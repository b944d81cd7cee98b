import { Get, JsonController } from 'routing-controllers';
import {
  BearerHeader,
  describeRoutes,
  InjectToken,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  type JwtRequirement,
  type RouteDescription,
  type Token,
} from 'routing-controllers-jwt';

export const requirements: JwtRequirement[] = [
  {},
  { type: 'access' },
  { type: 'refresh', optional: true },
  { type: 'any', fresh: true },
  { fresh: '5m' },
  { fresh: 300 },
  { roles: 'admin' },
  { roles: ['admin', 'clerk'] },
  { roles: { deny: 'guest' } },
  { roles: { deny: ['guest', 'bot'] } },
  { scopes: 'read write' },
  { scopes: ['read', 'write'] },
  { scopes: { any: ['read', 'write'] } },
  { check: (token, { context }) => token.claims['tenant'] === (context as { params?: unknown }).params },
  { check: async ({ identity }) => Promise.resolve(identity === 'ada') },
  { locations: [new BearerHeader()], manager: 'partners' },
  { skipRevocationCheck: true },
  { fresh: false, roles: false, scopes: false, check: false, optional: false, skipRevocationCheck: false },
];

export const refused: JwtRequirement[] = [
  // @ts-expect-error TS2561: a misspelt key
  { role: 'admin' },
  // @ts-expect-error TS2353: a key that there is not
  { audience: 'api' },
  // @ts-expect-error TS2322: a type that there is not
  { type: 'id' },
  // @ts-expect-error TS2322: an optional that is text
  { optional: 'yes' },
  // @ts-expect-error TS2322: a freshness that is a Date
  { fresh: new Date() },
  // @ts-expect-error TS2322: a role that is a number
  { roles: [1] },
  // @ts-expect-error TS2353: a rule for roles that there is not
  { roles: { any: ['admin'] } },
  // @ts-expect-error TS2353: a rule for scopes that there is not
  { scopes: { deny: ['read'] } },
  // @ts-expect-error TS2322: scopes of which any will do, as text
  { scopes: { any: 'read' } },
  // @ts-expect-error TS2322: a check that answers text
  { check: ({ identity }) => identity },
  // @ts-expect-error TS2322: a check that answers text later
  { check: async ({ identity }) => Promise.resolve(identity) },
  // @ts-expect-error TS2375: a check that may be undefined
  { check: undefined },
  // @ts-expect-error TS2375: roles that may be undefined
  { roles: undefined },
  // @ts-expect-error TS2739: a location that is none
  { locations: [{}] },
];

@JsonController()
@JwtRequired({ roles: 'member' })
export class Things {
  @Get('/required')
  @JwtRequired({ fresh: '5m', scopes: { any: ['read', 'write'] } })
  required(@InjectToken() token: Token): string {
    return token.identity;
  }

  @Get('/optional')
  @JwtOptional({ type: 'any', roles: 'member' })
  optional(@InjectToken() token: Token | undefined): string | undefined {
    return token?.identity;
  }

  @Get('/refresh')
  @JwtRefreshRequired({ optional: true, fresh: true })
  refresh(): void {}

  @Get('/open')
  @JwtPublic()
  open(): void {}

  // @ts-expect-error TS2353: optional on a token that is optional anyway
  @JwtOptional({ optional: false })
  optionalTwice(): void {}

  // @ts-expect-error TS2353: another type where a refresh token is required
  @JwtRefreshRequired({ type: 'access' })
  refreshByAccess(): void {}

  // @ts-expect-error TS2561: a misspelt key in a decorator
  @JwtRequired({ scope: 'read' })
  misspelt(): void {}

  // @ts-expect-error TS2559: a role without its key
  @JwtRequired('admin')
  text(): void {}

  // @ts-expect-error TS1241: a decorator without its parentheses
  @JwtRequired
  bare(): void {}

  // @ts-expect-error TS1241: an optional decorator without its parentheses
  @JwtOptional
  bareOptional(): void {}

  // @ts-expect-error TS1241: a refresh decorator without its parentheses
  @JwtRefreshRequired
  bareRefresh(): void {}

  // @ts-expect-error TS1241: a public decorator without its parentheses
  @JwtPublic
  barePublic(): void {}

  // @ts-expect-error TS2345: a demand on a method that is open
  @JwtPublic({ roles: 'admin' })
  openToSome(): void {}

  // @ts-expect-error TS1239: an injected token without its parentheses
  bareParameter(@InjectToken token: Token): string {
    return token.identity;
  }
}

export const open: RouteDescription[] = describeRoutes().filter(({ requirement }) => requirement === null);
export const roles: JwtRequirement['roles'][] = describeRoutes().map(({ requirement }) => requirement?.roles);
