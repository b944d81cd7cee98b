import type { Context } from 'koa';
import { Ctx, Delete, Get, JsonController, OnUndefined } from 'routing-controllers';
import { InjectToken, JwtRequired, Token, type SessionEndReason } from 'routing-controllers-jwt';
import { jwtManager, notices } from './jwt';

@JsonController('/account')
@JwtRequired()
export class AccountController {
  @Get()
  read(@InjectToken() { identity }: Token) {
    return { username: identity, notices: notices.of(identity) };
  }

  @Delete('/notices')
  @OnUndefined(204)
  dismissNotices(@InjectToken() { identity }: Token): void {
    notices.dismiss(identity);
  }

  /** Responds as soon as the session has ended, so that the page can tell its user at once. */
  @Get('/session-end')
  @OnUndefined(204)
  waitForEnd(@InjectToken() token: Token, @Ctx() { res }: Context) {
    return new Promise<{ reason: SessionEndReason } | undefined>((resolve) => {
      const stop = jwtManager.onSessionEnd(token, (reason) => {
        resolve({ reason });
      });
      res.once('close', () => {
        stop();
        resolve(undefined);
      });
    });
  }
}
