import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { Context } from 'koa';
import {
  Body,
  Ctx,
  Delete,
  ForbiddenError,
  Get,
  JsonController,
  NotFoundError,
  OnUndefined,
  Param,
  Post,
} from 'routing-controllers';
import { InjectToken, JwtRequired, Token, type SessionDetails } from 'routing-controllers-jwt';
import { jwtManager, tokenCookies } from './jwt';
import { userCalled, userWith } from './users';

class LoginDto {
  @IsString({ message: 'Enter your user name.' })
  @IsNotEmpty({ message: 'Enter your user name.' })
  username!: string;

  @MaxLength(200, { message: 'This password is too long.' })
  @IsString({ message: 'Enter your password.' })
  @IsNotEmpty({ message: 'Enter your password.' })
  password!: string;
}

@JsonController()
export class SessionController {
  @Post('/login')
  @OnUndefined(204)
  async login(@Body() { username, password }: LoginDto, @Ctx() ctx: Context) {
    tokenCookies.check(ctx);
    const user = await userWith(username, password);
    if (!user) throw new ForbiddenError('This user name and password do not belong together.');
    tokenCookies.set(ctx, await jwtManager.createTokenPair(user.username, { session: seenIn(ctx) }));
  }

  @Post('/logout')
  @JwtRequired()
  @OnUndefined(204)
  async logout(@InjectToken() { sessionId }: Token, @Ctx() ctx: Context) {
    if (sessionId !== undefined) await jwtManager.revokeSession(sessionId);
    tokenCookies.clear(ctx);
  }

  @Get('/me')
  @JwtRequired()
  me(@InjectToken() { identity }: Token) {
    return userCalled(identity);
  }

  @Get('/sessions')
  @JwtRequired()
  async list(@InjectToken() { identity, sessionId }: Token) {
    const sessions = await jwtManager.listSessions(identity);
    return sessions
      .map(({ id, userAgent, createdAt, lastUsedAt }) => ({
        id,
        user_agent: userAgent,
        created: new Date(createdAt * 1000),
        last_used: new Date(lastUsedAt * 1000),
        current: id === sessionId,
      }))
      .sort((one, other) => Number(other.current) - Number(one.current));
  }

  @Delete('/sessions/:id')
  @JwtRequired()
  @OnUndefined(204)
  async end(@Param('id') id: string, @InjectToken() { identity }: Token) {
    // With `identity`, the id of another user's session ends nothing.
    if (!(await jwtManager.revokeSession(id, { identity })))
      throw new NotFoundError('This device is logged out already.');
  }

  @Delete('/sessions')
  @JwtRequired()
  @OnUndefined(204)
  async endAll(@InjectToken() { identity }: Token, @Ctx() ctx: Context) {
    await jwtManager.revokeAll(identity);
    tokenCookies.clear(ctx);
  }
}

function seenIn(ctx: Context): SessionDetails {
  return { userAgent: ctx.get('User-Agent'), ip: ctx.ip };
}
