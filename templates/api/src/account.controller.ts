import { Body, Get, HttpCode, HttpError, JsonController, NotFoundError, Post } from 'routing-controllers';
import { InjectToken, JwtPublic, JwtRequired, Token } from 'routing-controllers-jwt';
import { NewAccountDto } from './login.dto.js';
import { users } from './users.js';

@JsonController('/account')
@JwtRequired()
export class AccountController {
  @Post()
  @JwtPublic()
  @HttpCode(201)
  async create(@Body({ required: true }) { username, password }: NewAccountDto) {
    const user = await users.add(username, password);
    if (!user) throw new HttpError(409, 'This username is taken');
    return { id: user.id };
  }

  @Get()
  read(@InjectToken() token: Token) {
    const user = users.find(token.identity);
    if (!user) throw new NotFoundError('There is no such account');
    return { id: user.id, username: user.username, roles: user.roles };
  }
}
