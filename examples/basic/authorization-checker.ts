import { createAuthorizationChecker } from 'routing-controllers-jwt';
import { jwtManager } from './jwt';

export const authorizationChecker = createAuthorizationChecker(jwtManager);
