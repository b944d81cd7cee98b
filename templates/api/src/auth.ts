import { createTokenController } from 'routing-controllers-jwt';
import { jwtManager } from './jwt.js';
import { LoginDto } from './login.dto.js';
import { users } from './users.js';

/** Log in, refresh, log out, list and end sessions: everything under `/auth`. Failed logins are limited. */
export const AuthController = createTokenController(jwtManager, {
  credentials: LoginDto,
  authenticate: async ({ username, password }) => {
    const user = await users.authenticate(username, password);
    return user ? { identity: user.id, roles: user.roles } : null;
  },
});
