import {
  Body,
  Header,
  HttpCode,
  JsonController,
  OnUndefined,
  Post,
  UnauthorizedError,
} from 'routing-controllers';
import {
  BodyField,
  InjectToken,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  Token,
} from 'routing-controllers-jwt';
import { jwtManager } from './jwt.js';
import { LoginDto } from './login.dto.js';
import { users } from './users.js';

@JsonController('/auth')
export class LoginController {
  @Post('/login')
  @JwtPublic()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async login(@Body({ required: true }) { username, password }: LoginDto) {
    const user = await users.authenticate(username, password);
    if (!user) throw new UnauthorizedError('Bad username or password');
    return jwtManager.createTokenPair(user.id, { roles: user.roles });
  }

  @Post('/refresh')
  @JwtRefreshRequired({ locations: [new BodyField('access_token', 'refresh_token')] })
  refresh(@InjectToken() token: Token) {
    return jwtManager.refresh(token);
  }

  @Post('/logout')
  @JwtRequired()
  @OnUndefined(204)
  async logout(@InjectToken() token: Token): Promise<void> {
    if (token.sessionId !== undefined) await jwtManager.revokeSession(token.sessionId);
  }
}
