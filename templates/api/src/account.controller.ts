import { Body, CurrentUser, Get, HttpCode, HttpError, JsonController, Post } from 'routing-controllers';
import { JwtPublic, JwtRequired } from 'routing-controllers-jwt';
import { NewAccountDto } from './login.dto.js';
import { users, type User } from './users.js';

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
  read(@CurrentUser() { id, username, roles }: User) {
    return { id, username, roles };
  }
}
