import { randomUUID } from 'node:crypto';
import { IsNotEmpty, IsString } from 'class-validator';
import { Body, ForbiddenError, Get, Header, JsonController, Post } from 'routing-controllers';
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
  @Header('Cache-Control', 'no-store')
  async login(@Body({ required: true }) { username, password }: LoginDto) {
    // Look up the user in your own database here, with a slow password hash.
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
