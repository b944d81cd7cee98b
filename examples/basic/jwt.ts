import { randomBytes } from 'node:crypto';
import { JwtManager } from 'routing-controllers-jwt';

const { JWT_SECRET_KEY } = process.env;

export const hasOwnSecret = JWT_SECRET_KEY !== undefined;

export const jwtManager = new JwtManager({
  // Without a secret from outside, tokens die with the process: fine to look around, never in production.
  secret: JWT_SECRET_KEY ?? randomBytes(32),
});
