import { JwtManager } from 'routing-controllers-jwt';
import { users } from './users.js';

export const jwtManager = new JwtManager({
  secret: process.env['JWT_SECRET_KEY'],
  issuer: 'my-api',
  audience: 'my-api',
  // At each refresh: an account that was closed gets no new tokens.
  claimsFor: (id) => {
    const user = users.find(id);
    return user ? { roles: user.roles } : null;
  },
});
