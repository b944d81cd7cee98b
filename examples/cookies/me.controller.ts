import { Get, JsonController } from 'routing-controllers';
import { InjectToken, JwtRequired, Token } from 'routing-controllers-jwt';
import { userCalled } from './users';

@JsonController('/me')
export class MeController {
  @Get()
  @JwtRequired()
  read(@InjectToken() { identity }: Token) {
    return userCalled(identity);
  }
}
