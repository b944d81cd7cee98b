import 'reflect-metadata';
import { createRequire } from 'node:module';
import {
  createAuthorizationChecker,
  describeRoutes,
  JwtManager,
  JwtRequired,
  TokenInvalidError,
} from 'routing-controllers-jwt';

const required = createRequire(import.meta.url)('routing-controllers-jwt');
if (required.JwtManager !== JwtManager) throw new Error('two classes of one name');
const jwtManager = new JwtManager({ secret: crypto.getRandomValues(Buffer.alloc(32)) });
const error = await jwtManager.verify('x').catch((thrown) => thrown);
if (!(error instanceof TokenInvalidError)) throw new Error('wrong class of error');
if (typeof createAuthorizationChecker(jwtManager) !== 'function') throw new Error('no checker');
if (typeof JwtRequired() !== 'function' || !Array.isArray(describeRoutes())) throw new Error('no decorator');
console.log('works');
