import { createServer, type IncomingMessage } from 'node:http';
import { IsEmail } from 'class-validator';
import {
  CurrentUser,
  Get,
  JsonController,
  useKoaServer,
  type AuthorizationChecker,
} from 'routing-controllers';
import {
  authenticateUpgrade,
  BodyField,
  createAuthorizationChecker,
  formatRoutes,
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtRequired,
  QueryParameter,
  Token,
  tokenOf,
} from 'routing-controllers-jwt';
import type { JwtRequirement, TokenLocation, UpgradeRequirement } from 'routing-controllers-jwt';

class UserClaims {
  @IsEmail()
  email!: string;
}

interface User {
  readonly name: string;
}

declare const users: { find(id: string): Promise<User | undefined> };
declare const app: object;
const secret = process.env['SECRET'];
const jwtManager = new JwtManager({ secret });
const typedManager = new JwtManager({ secret, claims: UserClaims });

export const locations: TokenLocation[] = [
  new QueryParameter('jwt'),
  new BodyField('access_token', 'refresh_token'),
  new BodyField(),
];

export const checkers = [
  createAuthorizationChecker(jwtManager, { currentUserChecker: (token) => users.find(token.identity) }),
  createAuthorizationChecker(
    { default: jwtManager, admin: typedManager },
    { currentUserChecker: (token, { context }) => [token.claims['tenant'], context as unknown] },
  ),
  createAuthorizationChecker(typedManager, { currentUserChecker: ({ claims }) => users.find(claims.email) }),
];

export const requirements: JwtRequirement[] = [
  { check: (token, { context }, user: User) => user.name === token.identity && context !== undefined },
  { check: (token) => token.claims['tenant'] === 'acme' },
];

useKoaServer(app, {
  authorizationChecker: createAuthorizationChecker(jwtManager, {
    formatError: ({ code }, { headers }) => ({ code, language: headers['accept-language'] }),
  }),
  currentUserChecker: (action) => users.find(tokenOf(action)?.identity ?? ''),
});

@JsonController()
export class Users {
  @Get('/me')
  @JwtRequired({ locations: [new QueryParameter('jwt')] })
  me(@CurrentUser() user: User, @InjectToken() token: Token): string[] {
    return [user.name, token.identity];
  }

  @Get('/greeting')
  @JwtOptional()
  greeting(@InjectToken() token?: Token, @CurrentUser() user?: User): string {
    // @ts-expect-error TS18048: a token on an optional route that is surely there
    console.log(token.identity);
    // @ts-expect-error TS18048: a user on an optional route who is surely there
    console.log(user.name);
    return token?.identity ?? user?.name ?? 'guest';
  }
}

createServer().on('upgrade', (request: IncomingMessage) => {
  const requirement: UpgradeRequirement = { scopes: 'chat', fresh: '5m', locations };
  const whole: JwtRequirement = requirement;
  const token: Promise<Token> = authenticateUpgrade(jwtManager, request, requirement);
  const typed: Promise<Token<UserClaims>> = authenticateUpgrade(typedManager, request, {
    check: ({ claims }) => claims.email !== '',
  });
  const shared: Promise<Token> = authenticateUpgrade(checkers[0] as AuthorizationChecker, request, {
    manager: 'admin',
  });
  console.log(shared, token, typed, whole, formatRoutes(), authenticateUpgrade(jwtManager, request));
});

export async function refused(request: IncomingMessage): Promise<void> {
  // @ts-expect-error TS2353: an upgrade with guests
  await authenticateUpgrade(jwtManager, request, { optional: true });
  // @ts-expect-error TS2561: a misspelt demand of an upgrade
  await authenticateUpgrade(jwtManager, request, { role: 'admin' });
  // @ts-expect-error TS2551: a misspelt claim in a check of an upgrade
  await authenticateUpgrade(typedManager, request, { check: ({ claims }) => claims.emial !== '' });
  // @ts-expect-error TS2353: an upgrade without a manager
  await authenticateUpgrade({ default: jwtManager }, request);
  // @ts-expect-error TS2345: a parameter of the query by a number
  console.log(new QueryParameter(1));
  // @ts-expect-error TS2345: fields of the body as a list
  console.log(new BodyField(['access_token', 'refresh_token']));
  // @ts-expect-error TS2322: a user checker that is no function
  createAuthorizationChecker(jwtManager, { currentUserChecker: users });
  // @ts-expect-error TS2551: a misspelt claim in a user checker
  createAuthorizationChecker(typedManager, { currentUserChecker: ({ claims }) => claims.emial !== '' });
  // @ts-expect-error TS2739: routes that are none
  formatRoutes([{ path: '/' }]);
}
