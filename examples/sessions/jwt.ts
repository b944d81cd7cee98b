import { randomBytes } from 'node:crypto';
import { JwtManager } from 'routing-controllers-jwt';
import { chooseStore } from './store';

export const { store, open, close } = chooseStore(process.env);

export const jwtManager = new JwtManager({
  // Without a secret from outside, tokens die with the process: fine to look around, never in production.
  secret: process.env['JWT_SECRET_KEY'] ?? randomBytes(32),
  store,
});

jwtManager.on('sessionReused', ({ identity, ip }) => {
  console.log(
    `A refresh token of ${identity} was used twice, from ${ip ?? 'somewhere'}: the session is revoked.`,
  );
});
