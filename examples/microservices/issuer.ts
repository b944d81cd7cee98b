import 'reflect-metadata';
import { IsNotEmpty, IsString } from 'class-validator';
import { createKoaServer } from 'routing-controllers';
import {
  createAuthorizationChecker,
  createJwksController,
  createTokenController,
  JwtManager,
  KeySet,
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

const AuthController = createTokenController(jwtManager, {
  credentials: LoginDto,
  // Look up the user in your own database here, with a slow password hash.
  authenticate({ username, password }) {
    if (username !== 'test' || password !== 'test') return null;
    return { identity: username, scopes: ['orders:read', 'invoices:read'] };
  },
});

const app = createKoaServer({
  controllers: [AuthController, createJwksController(jwtManager)],
  authorizationChecker: createAuthorizationChecker(jwtManager),
}) as Served['app'];

serve(
  () => Promise.resolve({ app }),
  (url) => `  curl ${url}/.well-known/jwks.json
  curl -H "Content-Type: application/json" -d '{"username":"test","password":"test"}' ${url}/auth/login
`,
);
