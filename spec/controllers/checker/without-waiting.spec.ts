import 'reflect-metadata';
import { expect } from 'chai';
import {
  BadRequestError,
  ExpressDriver,
  Get,
  JsonController,
  KoaDriver,
  UploadedFile,
  UseAfter,
  type AuthorizationChecker,
} from 'routing-controllers';
import { createAuthorizationChecker, JwtRequired, MemoryTokenStore, type JwtManager } from '../../../src';
import { describeOnDrivers, errorHandlersOn, getWith, startApp } from '../../support/app';
import { intervenedStore } from '../../support/later-store';
import { testManager } from '../../support/manager';
import { nodeMiddleware } from '../../support/node-middleware';

class OwnError extends BadRequestError {
  /** Express shows it. */
  override stack = 'no stack';
}

const failing = nodeMiddleware(() => {
  throw new OwnError('it failed');
});

/** In place of multer: what it does with a file that is too large. */
const refuseFiles = () => ({
  single:
    () =>
    (...given: unknown[]) =>
      uploadFailed(given),
});

function uploadFailed(given: readonly unknown[]): unknown {
  const error = new OwnError('File too large');
  // Koa's middleware has two arguments, and Express' has three.
  if (given.length === 2) return Promise.reject(error);
  return (given[2] as (cause: Error) => unknown)(error);
}

@JsonController('/without-waiting')
class Waiting {
  @Get('/after')
  @JwtRequired()
  @UseAfter(failing)
  after() {
    return { done: true };
  }

  @Get('/after-promise')
  @JwtRequired()
  @UseAfter(failing)
  afterPromise() {
    return Promise.resolve({ done: true });
  }

  @Get('/file')
  @JwtRequired()
  file(@UploadedFile('file') file: unknown) {
    return { file };
  }
}

/** A checker of the application's own, which passes a list of its own. */
function callerOf(checker: AuthorizationChecker): AuthorizationChecker {
  return (action, roles: unknown[]) => checker(action, [...roles]);
}

async function responsesOf(
  path: string,
  defaultErrorHandler: boolean,
  jwtManager: JwtManager,
  wrap = (checker: AuthorizationChecker) => checker,
) {
  const authorizationChecker = wrap(createAuthorizationChecker(jwtManager));
  const app = await startApp({ controllers: [Waiting], authorizationChecker, defaultErrorHandler });
  const { status, body, headers } = await getWith(app.url + path, await jwtManager.createAccessToken('ada'));
  await app.close();
  const shown = [...headers].filter(([name]) => !['date', 'keep-alive', 'connection'].includes(name));
  return { status, body, headers: Object.fromEntries(shown), errors: app.errors };
}

describeOnDrivers('a request that waits for nothing', (driver) => {
  const originals = [KoaDriver.prototype, ExpressDriver.prototype].map(
    (prototype) => [prototype, (prototype as unknown as { loadMulter: unknown }).loadMulter] as const,
  );
  before(() => {
    for (const [prototype] of originals) Object.assign(prototype, { loadMulter: () => refuseFiles });
  });
  after(() => {
    for (const [prototype, loadMulter] of originals) Object.assign(prototype, { loadMulter });
  });

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    for (const path of ['/after', '/after-promise', '/file']) {
      const mode = defaultErrorHandler ? 'with' : 'without';
      it(`has the same response as one that waits for the store: ${path}, ${mode} the error handler`, async () => {
        const late = intervenedStore(new MemoryTokenStore(), (_, ask) => Promise.resolve().then(ask));
        const whole = `/without-waiting${path}`;
        const waiting = await responsesOf(whole, defaultErrorHandler, testManager({ store: late }));
        const immediate = await responsesOf(whole, defaultErrorHandler, testManager());
        expect(immediate).to.deep.equal(waiting);
        const called = await responsesOf(whole, defaultErrorHandler, testManager(), callerOf);
        expect(called).to.deep.equal(waiting);
      });
    }
  }
});
