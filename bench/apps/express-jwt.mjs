// express-jwt, with its key as text, as its page shows it.
import express from 'express';
import { expressjwt } from 'express-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { secret, users } from './tokens.mjs';

export function start() {
  const app = express();
  app.get('/open', (_, res) => res.json({ identity: 'ada' }));
  app.get('/protected', expressjwt({ secret, algorithms: ['HS256'] }), (req, res) => {
    res.json({ identity: req.auth.sub });
  });
  const tokens = users.map((subject) => jsonwebtoken.sign({}, secret, { subject, expiresIn: 900 }));
  const server = app.listen(0, '127.0.0.1');
  return { server, open: '/open', routes: [{ name: 'HS256', path: '/protected', tokens }] };
}
