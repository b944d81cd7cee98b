import 'reflect-metadata';
import Koa from 'koa';
import { useKoaServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { wordErrors } from '../word-errors';
import { close, jwtManager, open } from './jwt';
import { SessionController } from './session.controller';

export const app = new Koa();
app.use(wordErrors);
useKoaServer(app, {
  controllers: [SessionController],
  authorizationChecker: createAuthorizationChecker(jwtManager),
  defaultErrorHandler: false,
});

/** The app, once its store is there. */
export async function load() {
  await open();
  return { app, close };
}
