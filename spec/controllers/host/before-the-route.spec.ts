import { expect } from 'chai';
import { Get, JsonController, UseBefore, type ExpressMiddlewareInterface } from 'routing-controllers';
import { createAuthorizationChecker, TokenRevokedError, type RejectedEvent } from '../../../src';
import { describeOnDrivers, request, startApp } from '../../support/app';
import { testManager } from '../../support/manager';

class Gate implements ExpressMiddlewareInterface {
  use(): never {
    throw new TokenRevokedError();
  }
}

@JsonController('/behind')
class Behind {
  @Get('/')
  @UseBefore(Gate)
  open() {
    return {};
  }
}

describeOnDrivers('An error that a middleware before the method throws', () => {
  for (const defaultErrorHandler of [true, false]) {
    it(`has its challenge and is reported, with defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
      const manager = testManager();
      const events: RejectedEvent[] = [];
      manager.on('rejected', (event) => events.push(event));
      const authorizationChecker = createAuthorizationChecker(manager, { realm: 'shop' });
      const app = await startApp({ controllers: [Behind], authorizationChecker, defaultErrorHandler });
      const { status, challenge } = await request(`${app.url}/behind`);
      await app.close();
      expect([status, challenge]).to.deep.equal([
        401,
        'Bearer realm="shop", error="invalid_token", error_description="Token has been revoked"',
      ]);
      expect(events.map(({ code }) => code)).to.deep.equal(['ERR_JWT_REVOKED']);
    });
  }
});
