import { randomBytes } from 'node:crypto';
import { JwtManager, TokenCookies } from 'routing-controllers-jwt';

const { JWT_SECRET_KEY, ACCESS_TOKEN_TTL } = process.env;

export const jwtManager = new JwtManager({
  // Without a secret from outside, tokens die with the process: fine to look around, never in production.
  secret: JWT_SECRET_KEY ?? randomBytes(32),
  // Fifteen minutes unless the environment sets it; a few seconds show how the login is refreshed.
  accessTokenTtl: ACCESS_TOKEN_TTL,
});

export const tokenCookies = new TokenCookies({ autoRefresh: true });
