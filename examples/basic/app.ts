import 'reflect-metadata';
import Koa from 'koa';
import { useKoaServer } from 'routing-controllers';
import { apiDocument, apiPage } from './api-page';
import { authorizationChecker } from './authorization-checker';
import { LoginController } from './login.controller';
import { wordErrors } from '../word-errors';

export const app = new Koa();
app.use(apiPage).use(apiDocument);
// In front of everything else, the host's body parser included, so that malformed JSON is worded, too.
app.use(wordErrors);
useKoaServer(app, {
  controllers: [LoginController],
  authorizationChecker,
  defaultErrorHandler: false,
});
