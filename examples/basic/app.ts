import 'reflect-metadata';
import Koa from 'koa';
import { useKoaServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { jwtManager } from './jwt';
import { LoginController } from './login.controller';
import { wordErrors } from '../word-errors';

export const app = new Koa();
// In front of everything, the host's body parser included, so that malformed JSON is worded, too.
app.use(wordErrors);
useKoaServer(app, {
  controllers: [LoginController],
  authorizationChecker: createAuthorizationChecker(jwtManager),
  defaultErrorHandler: false,
});
