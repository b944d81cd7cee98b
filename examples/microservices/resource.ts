import 'reflect-metadata';
import { createKoaServer, Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtRequired,
  Token,
} from 'routing-controllers-jwt';
import { serve, type Served } from '../serve';
import { audience, issuer, setting } from './settings';

const service = setting('SERVICE');

// It has no key: it fetches the public halves of the issuer's keys, and fetches them again when it meets a new one.
const jwtManager = new JwtManager({
  trustedIssuers: [{ issuer, jwksUri: setting('JWKS_URI'), audience, algorithms: 'ES256' }],
  store: false,
});

@JsonController(`/${service}`)
@JwtRequired({ scopes: `${service}:read` })
class ResourceController {
  @Get()
  list(@InjectToken() token: Token) {
    return { service, customer: token.identity };
  }
}

const app = createKoaServer({
  controllers: [ResourceController],
  authorizationChecker: createAuthorizationChecker(jwtManager),
}) as Served['app'];

serve(
  () => Promise.resolve({ app }),
  (url) => `  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${url}/${service}\n`,
);
