import express, { type Express, type RequestHandler } from 'express';
import Koa, { type Context, type Middleware } from 'koa';
import { Get, JsonController, UseBefore, type Action } from 'routing-controllers';
import {
  createAuthorizationChecker,
  createJwtMiddleware,
  JwtManager,
  Token,
  tokenOf,
  type JwtMiddleware,
} from 'routing-controllers-jwt';

class UserClaims {
  email!: string;
}

const jwtManager = new JwtManager({ secret: process.env['SECRET'], claims: UserClaims });
const authorizationChecker = createAuthorizationChecker(jwtManager);
const jwt: JwtMiddleware = createJwtMiddleware(authorizationChecker);

export const koaMiddleware: Middleware = jwt;
export const koa: Koa = new Koa();
koa.use(jwt);

export const expressMiddleware: RequestHandler = jwt;
export const app: Express = express().use(jwt).use('/files', jwt).get('/file', jwt);
app.use(express.Router().use(jwt));

@JsonController()
@UseBefore(jwt)
export class Photos {
  @Get('/photos')
  @UseBefore(
    createJwtMiddleware<UserClaims>(authorizationChecker, {
      roles: 'admin',
      check: ({ claims }) => claims.email !== '',
    }),
  )
  list(): string {
    return 'none';
  }
}

export function emailOf(context: Context, request: express.Request, action: Action): (string | undefined)[] {
  const token: Token | undefined = tokenOf(request) ?? tokenOf(action);
  return [tokenOf<UserClaims>(context)?.claims.email, token?.identity];
}

// @ts-expect-error TS2345: a manager in place of a checker
createJwtMiddleware(jwtManager);
// @ts-expect-error TS2561: a misspelt member
createJwtMiddleware(authorizationChecker, { role: 'admin' });
// @ts-expect-error TS2345: a request that is none
tokenOf('request');
