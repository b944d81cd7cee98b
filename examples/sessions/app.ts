import 'reflect-metadata';
import Koa from 'koa';
import { useKoaServer } from 'routing-controllers';
import { BearerHeader, createAuthorizationChecker } from 'routing-controllers-jwt';
import { guard } from '../guard';
import { wordErrors } from '../word-errors';
import { AccountController } from './account.controller';
import { AppLoginController, WebLoginController } from './auth';
import { close, jwtManager, open, tokenCookies } from './jwt';
import { publicFiles } from './public-files';

export const app = new Koa();
app.use(guard).use(publicFiles).use(wordErrors);
useKoaServer(app, {
  controllers: [AppLoginController, WebLoginController, AccountController],
  authorizationChecker: createAuthorizationChecker(jwtManager, {
    locations: [new BearerHeader(), tokenCookies],
  }),
  defaultErrorHandler: false,
});

/** The app, once its store is there. */
export async function load() {
  await open();
  return { app, close };
}
