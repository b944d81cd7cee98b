import 'reflect-metadata';
import express from 'express';
import { useExpressServer } from 'routing-controllers';
import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { jwtManager } from './jwt';
import { LoginController } from './login.controller';
import { sendErrors } from './send-errors';

export const app = express();
useExpressServer(app, {
  controllers: [LoginController],
  authorizationChecker: createAuthorizationChecker(jwtManager),
  defaultErrorHandler: false,
});
// After everything else, so that errors of the body parser get here as well.
app.use(sendErrors);
