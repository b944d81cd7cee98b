import { randomBytes } from 'node:crypto';
import { IsNotEmpty } from 'class-validator';
import { Body, Get, JsonController, Post } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtRequired,
  Token,
  TokenCookies,
} from 'routing-controllers-jwt';

export const jwtManager = new JwtManager({ secret: randomBytes(32) });
export const tokenCookies = new TokenCookies();
export const authorizationChecker = createAuthorizationChecker(jwtManager, {
  locations: [new BearerHeader(), tokenCookies],
});

class NoteDto {
  @IsNotEmpty() text!: string;
}

@JsonController()
export class NoteController {
  @Get('/notes')
  @JwtRequired()
  list(@InjectToken() token: Token) {
    return { of: token.identity };
  }

  @Post('/notes')
  @JwtRequired({ fresh: true, roles: 'author' })
  add(@Body() note: NoteDto, @InjectToken() token: Token) {
    return { by: token.identity, isNote: note instanceof NoteDto };
  }
}
