import 'reflect-metadata';
import type Koa from 'koa';
import { createKoaServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { AccountController } from './account.controller.js';
import { jwtManager } from './jwt.js';
import { LoginController } from './login.controller.js';

export const app: Koa = createKoaServer({
  controllers: [LoginController, AccountController],
  // Every method requires a token, except for those with @JwtPublic().
  authorizationChecker: createAuthorizationChecker(jwtManager, { protectByDefault: true }),
  // Without these, an error would repeat what was sent, a password included.
  validation: { whitelist: true, validationError: { target: false, value: false } },
});
