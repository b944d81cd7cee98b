import { Get } from 'routing-controllers';
import { InjectToken, JwtRequired, Token } from '../../../src';

/** A base class in a module of its own, as glob strings load it. */
export class GlobBase {
  @Get('/whoami')
  @JwtRequired()
  whoami(@InjectToken() token: Token) {
    return { identity: token.identity };
  }
}
