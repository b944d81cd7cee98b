import { randomBytes } from 'node:crypto';
import { JwtManager } from 'routing-controllers-jwt';

export const jwtManager = new JwtManager({
  // Without a secret from outside, tokens die with the process: fine to look around, never in production.
  secret: process.env['JWT_SECRET_KEY'] ?? randomBytes(32),
});
