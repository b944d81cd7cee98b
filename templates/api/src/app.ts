import 'reflect-metadata';
import type Koa from 'koa';
import { createKoaServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { AccountController } from './account.controller.js';
import { AuthController } from './auth.js';
import { jwtManager } from './jwt.js';
import { users } from './users.js';

export const app: Koa = createKoaServer({
  controllers: [AuthController, AccountController],
  authorizationChecker: createAuthorizationChecker(jwtManager, {
    // Every method requires a token, except for those with @JwtPublic().
    protectByDefault: true,
    // The user behind a token, for @CurrentUser(). The token of an account that is gone is rejected.
    currentUserChecker: ({ identity }) => users.find(identity),
  }),
  // Without these, an error would repeat what was sent, a password included.
  validation: { whitelist: true, validationError: { target: false, value: false } },
});
