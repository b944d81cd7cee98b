import 'reflect-metadata';
import Koa from 'koa';
import { useKoaServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { guard } from '../guard';
import { wordErrors } from '../word-errors';
import { AuthController } from './auth';
import { jwtManager, tokenCookies } from './jwt';
import { MeController } from './me.controller';
import { NoteController } from './note.controller';
import { publicFiles } from './public-files';

export const app = new Koa();
app.use(guard).use(publicFiles).use(wordErrors);
useKoaServer(app, {
  routePrefix: '/api',
  controllers: [AuthController, MeController, NoteController],
  authorizationChecker: createAuthorizationChecker(jwtManager, { locations: [tokenCookies] }),
  defaultErrorHandler: false,
});
