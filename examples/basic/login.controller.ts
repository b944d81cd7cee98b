import { randomUUID } from 'node:crypto';
import { IsNotEmpty, IsString } from 'class-validator';
import type { Context, Next } from 'koa';
import {
  BadRequestError,
  Body,
  ForbiddenError,
  Get,
  JsonController,
  Post,
  UseBefore,
} from 'routing-controllers';
import { InjectToken, JwtRequired, Token } from 'routing-controllers-jwt';
import { jwtManager } from './jwt';

export class LoginDto {
  @IsString({ message: 'Missing username parameter' })
  @IsNotEmpty({ message: 'Missing username parameter' })
  username!: string;

  @IsString({ message: 'Missing password parameter' })
  @IsNotEmpty({ message: 'Missing password parameter' })
  password!: string;
}

@JsonController()
export class LoginController {
  @Post('/login')
  @UseBefore(expectJson)
  async login(@Body() { username, password }: LoginDto) {
    // Look the user up in your own database here, with a slow password hash.
    if (username !== 'test' || password !== 'test') throw new ForbiddenError('Bad username or password');
    return {
      access_token: await jwtManager.createAccessToken(username),
      refresh_token: await jwtManager.createRefreshToken(randomUUID()),
    };
  }

  @Get('/protected')
  @JwtRequired()
  protected(@InjectToken() token: Token) {
    return { logined_as: token.identity };
  }
}

function expectJson(context: Context, next: Next): Promise<void> {
  // Answers of a login belong into no cache, the refused ones included (RFC 6749, section 5.1).
  context.set('Cache-Control', 'no-store');
  const { body } = context.request as { body?: object };
  if (!context.is('json') || !body || Array.isArray(body) || Object.keys(body).length === 0)
    throw new BadRequestError('Missing JSON in request');
  return next();
}
