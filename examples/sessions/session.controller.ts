import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
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
import { jwtManager } from './jwt';

class LoginDto {
  @IsString({ message: 'Missing username parameter' })
  @IsNotEmpty({ message: 'Missing username parameter' })
  username!: string;

  @IsString({ message: 'Missing password parameter' })
  @IsNotEmpty({ message: 'Missing password parameter' })
  password!: string;

  /** What the user calls this device. */
  @IsOptional()
  @IsString()
  @MaxLength(60)
  device?: string;
}

class RefreshDto {
  @IsString({ message: 'Missing refresh_token parameter' })
  refresh_token!: string;
}

@JsonController()
export class SessionController {
  @Post('/login')
  login(@Body() { username, password, device }: LoginDto, @Ctx() ctx: Context) {
    // Look the user up in your own database here, with a slow password hash.
    if (username !== 'test' || password !== 'test') throw new ForbiddenError('Bad username or password');
    forNoCache(ctx);
    return jwtManager.createTokenPair(username, { session: { ...seenIn(ctx), label: device ?? 'unnamed' } });
  }

  @Post('/refresh')
  refresh(@Body() { refresh_token: token }: RefreshDto, @Ctx() ctx: Context) {
    forNoCache(ctx);
    return jwtManager.refresh(token, { session: seenIn(ctx) });
  }

  @Post('/logout')
  @JwtRequired()
  @OnUndefined(204)
  async logout(@InjectToken() { sessionId }: Token) {
    if (sessionId !== undefined) await jwtManager.revokeSession(sessionId);
  }

  @Get('/sessions')
  @JwtRequired()
  async list(@InjectToken() { identity, sessionId }: Token) {
    const sessions = await jwtManager.listSessions(identity);
    return sessions.map(({ id, label, userAgent, ip, createdAt, lastUsedAt }) => ({
      id,
      device: label,
      user_agent: userAgent,
      ip,
      created: new Date(createdAt * 1000),
      last_used: new Date(lastUsedAt * 1000),
      current: id === sessionId,
    }));
  }

  @Delete('/sessions/:id')
  @JwtRequired()
  @OnUndefined(204)
  async end(@Param('id') id: string, @InjectToken() { identity }: Token) {
    // With the identity, a user cannot end the session of someone else.
    if (!(await jwtManager.revokeSession(id, { identity }))) throw new NotFoundError('No such session');
  }

  @Delete('/sessions')
  @JwtRequired()
  @OnUndefined(204)
  async endOthers(@InjectToken() { identity, sessionId }: Token) {
    await jwtManager.revokeAll(identity, { except: sessionId });
  }
}

function seenIn(ctx: Context): SessionDetails {
  return { userAgent: ctx.get('User-Agent'), ip: ctx.ip };
}

/** A token response belongs into no cache (RFC 6749, section 5.1). */
function forNoCache(ctx: Context): void {
  ctx.set('Cache-Control', 'no-store');
}
