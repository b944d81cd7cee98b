import 'reflect-metadata';
import { IsNotEmpty, IsString } from 'class-validator';
import { Body, createKoaServer, ForbiddenError, Header, JsonController, Post } from 'routing-controllers';
import {
  BodyField,
  createAuthorizationChecker,
  createJwksController,
  InjectToken,
  JwtManager,
  JwtRefreshRequired,
  KeySet,
  Token,
} from 'routing-controllers-jwt';
import { serve, type Served } from '../serve';
import { audience, issuer, setting } from './settings';

// The only process that has the key. It follows the file, so that the key can be replaced while it runs.
const keys = KeySet.fromFile(setting('KEY_FILE'), { reload: '1s' });
const accessTokenTtl = process.env['ACCESS_TOKEN_TTL'] ?? '15m';
const jwtManager = new JwtManager({ keys, issuer, audience, accessTokenTtl });

class LoginDto {
  @IsString() @IsNotEmpty() username!: string;
  @IsString() @IsNotEmpty() password!: string;
}

@JsonController()
class LoginController {
  @Post('/login')
  @Header('Cache-Control', 'no-store')
  login(@Body({ required: true }) { username, password }: LoginDto) {
    if (username !== 'test' || password !== 'test') throw new ForbiddenError('Bad username or password');
    return jwtManager.createTokenPair(username, { scopes: ['orders:read', 'invoices:read'] });
  }

  @Post('/refresh')
  @JwtRefreshRequired({ locations: [new BodyField('access_token', 'refresh_token')] })
  refresh(@InjectToken() token: Token) {
    return jwtManager.refresh(token);
  }
}

const app = createKoaServer({
  controllers: [LoginController, createJwksController(jwtManager)],
  authorizationChecker: createAuthorizationChecker(jwtManager),
}) as Served['app'];

serve(
  () => Promise.resolve({ app }),
  (url) => `  curl ${url}/.well-known/jwks.json
  curl -H "Content-Type: application/json" -d '{"username":"test","password":"test"}' ${url}/login
`,
);
