import 'reflect-metadata';
import Koa from 'koa';
import { useKoaServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { wordErrors } from '../word-errors';
import { guard } from './guard';
import { jwtManager, tokenCookies } from './jwt';
import { NoteController } from './note.controller';
import { publicFiles } from './public-files';
import { SessionController } from './session.controller';

export const app = new Koa();
app.use(guard).use(publicFiles).use(wordErrors);
useKoaServer(app, {
  routePrefix: '/api',
  controllers: [SessionController, NoteController],
  authorizationChecker: createAuthorizationChecker(jwtManager, { locations: [tokenCookies] }),
  defaultErrorHandler: false,
});
