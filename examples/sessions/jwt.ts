import { randomBytes } from 'node:crypto';
import { JwtManager, TokenCookies } from 'routing-controllers-jwt';
import { Notices } from './notices';
import { chooseStore } from './store';

export const { store, open, close } = chooseStore(process.env);

export const jwtManager = new JwtManager({
  // Without a secret from outside, tokens die with the process: fine to look around, never in production.
  secret: process.env['JWT_SECRET_KEY'] ?? randomBytes(32),
  store,
});

export const tokenCookies = new TokenCookies();

export const notices = new Notices();

jwtManager.on('sessionReused', (event) => {
  notices.add(event);
  console.log(
    `A refresh token of ${event.identity} was used twice, from ${event.ip ?? 'somewhere'}: the session is revoked.`,
  );
});
