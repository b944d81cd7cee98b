// A process in which a checker protects by default: what documents say of the same controller under two checkers.
import 'reflect-metadata';
import { Get, JsonController } from 'routing-controllers';
import { createAuthorizationChecker, JwtPublic } from '../../src';
import { testManager } from './manager';
import { describeControllers } from './openapi';

@JsonController('/default')
class Routes {
  @Get('/unsaid')
  unsaid() {
    return {};
  }

  @Get('/open')
  @JwtPublic()
  open() {
    return {};
  }
}

const checkers = [false, true].map((protectByDefault) =>
  createAuthorizationChecker(testManager(), { protectByDefault }),
);
const security = checkers.map((checker) => {
  const { paths } = describeControllers([Routes], checker);
  return ['/default/unsaid', '/default/open'].map((path) => paths[path]?.['get']?.security);
});
process.send?.(security);
