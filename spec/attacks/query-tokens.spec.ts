import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import { createAuthorizationChecker, JwtRequired, QueryParameter } from '../../src';
import { describeOnDrivers, errorHandlersOn, request, startApp } from '../support/app';
import { testManager } from '../support/manager';

@JsonController()
class QueryTargets {
  @Get('/target')
  @JwtRequired()
  target() {
    return {};
  }
}

describeOnDrivers('D7: a token in the query', (driver) => {
  const jwtManager = testManager();

  for (const name of ['access_token', 'jwt', 'token', 'Authorization', 'authorization']) {
    it(`is ignored as '${name}' where nobody asked for it`, async () => {
      const app = await startApp({
        controllers: [QueryTargets],
        authorizationChecker: createAuthorizationChecker(jwtManager),
      });
      const { status, body, challenge } = await request(
        `${app.url}/target?${name}=${await jwtManager.createAccessToken('ada')}`,
      );
      await app.close();
      expect({ status, body, challenge }).to.deep.equal({
        status: 401,
        body: { msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING' },
        challenge: 'Bearer realm="api"',
      });
    });
  }

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    it(`is kept by no shared cache, defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
      const locations = [new QueryParameter('access_token')];
      const app = await startApp({
        controllers: [QueryTargets],
        defaultErrorHandler,
        authorizationChecker: createAuthorizationChecker(jwtManager, { locations }),
      });
      const good = await jwtManager.createAccessToken('ada');
      const answers = [];
      for (const query of [good, `${good}x`, `${good}&access_token=${good}`]) {
        const { status, headers } = await request(`${app.url}/target?access_token=${query}`);
        answers.push([status, headers.get('Cache-Control')]);
      }
      await app.close();
      expect(answers).to.deep.equal([
        [200, 'private'],
        [401, 'no-store'],
        [400, 'no-store'],
      ]);
    });
  }
});
