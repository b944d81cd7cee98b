import { Get, JsonController, UseBefore } from 'routing-controllers';
import type { AuthorizationChecker } from 'routing-controllers';
import {
  BearerHeader,
  createJwtMiddleware,
  CsrfError,
  InjectToken,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  QueryParameter,
  Token,
  type HttpRequest,
} from '../../src';
import { nodeMiddleware } from './node-middleware';

/** Reads only what another header allows. */
export class AllowedHeader extends BearerHeader {
  override read(request: HttpRequest): string | undefined {
    return request.headers['x-allowed'] === 'yes' ? super.read(request) : undefined;
  }
}

/** Reads as always, and confirms only what another header allows. */
export class ConfirmedHeader extends BearerHeader {
  confirm({ headers }: HttpRequest): void {
    if (headers['x-allowed'] !== 'yes') throw new CsrfError();
  }
}

/** A subclass that knows nothing of how its parent recognizes a header. */
export class NamesakeHeader extends BearerHeader {
  override whole(): string {
    return 'always the same';
  }
}

const bare = new BearerHeader({ header: 'X-Token', scheme: '' });

/** An instance whose method a spec replaces. */
export const replaced = new BearerHeader();

const dropped = nodeMiddleware(({ headers }) => {
  if (headers['x-allowed'] !== 'yes') delete headers.authorization;
});

/** Routes that differ in what they require, and in where they look for the token. */
export function knownHeaderRoutes(checker: AuthorizationChecker): Function {
  const jwt = createJwtMiddleware;
  const who = (token?: Token) => ({ identity: token?.identity ?? 'guest', raw: token?.raw });

  @JsonController('/known')
  class Known {
    @Get('/plain')
    @JwtRequired()
    plain(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/any')
    @JwtRequired({ type: 'any' })
    any(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/refresh')
    @JwtRefreshRequired()
    refresh(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/ticket')
    @JwtRequired({ ticket: 'report' })
    ticket(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/admins')
    @JwtRequired({ manager: 'admins' })
    admins(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/optional')
    @JwtOptional()
    optional(@InjectToken() token?: Token) {
      return who(token);
    }

    @Get('/unasked')
    @JwtRequired({ skipRevocationCheck: true })
    unasked(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/roles')
    @JwtRequired({ roles: 'admin' })
    roles() {
      return {};
    }

    @Get('/scopes')
    @JwtRequired({ scopes: 'photos:write' })
    scopes() {
      return {};
    }

    @Get('/fresh')
    @JwtRequired({ fresh: '5m' })
    fresh(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/check')
    @JwtRequired({ check: () => false })
    check() {
      return {};
    }

    @Get('/bare')
    @JwtRequired({ locations: [bare] })
    bare(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/two')
    @JwtRequired({ locations: [new BearerHeader(), bare] })
    two(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/query')
    @JwtRequired({ locations: [new QueryParameter('token')] })
    query(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/scheme')
    @JwtRequired({ locations: [new BearerHeader({ scheme: 'Bear' })] })
    scheme(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/allowed')
    @JwtRequired({ locations: [new AllowedHeader()] })
    allowed(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/confirmed')
    @JwtRequired({ locations: [new ConfirmedHeader()] })
    confirmed(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/namesake')
    @JwtRequired({ locations: [new NamesakeHeader()] })
    namesake(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/replaced')
    @JwtRequired({ locations: [replaced] })
    replaced(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/dropped')
    @UseBefore(dropped)
    @JwtRequired()
    dropped(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/middleware')
    @UseBefore(jwt(checker))
    middleware() {
      return {};
    }

    @Get('/both')
    @UseBefore(jwt(checker))
    @JwtRequired({ roles: 'member' })
    both(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/guests')
    @UseBefore(jwt(checker, { optional: true }))
    @JwtOptional()
    guests(@InjectToken() token?: Token) {
      return who(token);
    }

    @Get('/other-place')
    @UseBefore(jwt(checker))
    @JwtRequired({ locations: [bare] })
    otherPlace(@InjectToken() token: Token) {
      return who(token);
    }

    @Get('/other-manager')
    @UseBefore(jwt(checker))
    @JwtRequired({ manager: 'admins', locations: [bare] })
    otherManager(@InjectToken() token: Token) {
      return who(token);
    }
  }

  return Known;
}
