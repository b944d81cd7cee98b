import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { IsEmail } from 'class-validator';
import { createKoaServer, Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtRequired,
  Token,
} from 'routing-controllers-jwt';

class UserClaims {
  @IsEmail() email!: string;
}

const jwtManager = new JwtManager({ secret: randomBytes(32), claims: UserClaims });

@JsonController()
class Routes {
  @Get('/')
  @JwtRequired({ check: (token: Token<UserClaims>) => token.claims.email.endsWith('.test') })
  read(@InjectToken() token: Token<UserClaims>) {
    return { email: token.claims.email };
  }
}

async function run(): Promise<void> {
  const app = createKoaServer({
    controllers: [Routes],
    authorizationChecker: createAuthorizationChecker(jwtManager),
  });
  const server = app.listen(0);
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const token = await jwtManager.createAccessToken('ada', { claims: { email: 'ada@example.test' } });
  const open = await fetch(url);
  const closed = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  const body = (await closed.json()) as { email: string };
  if (open.status !== 401 || body.email !== 'ada@example.test') throw new Error('wrong answers');
  server.close();
  server.closeAllConnections();
  console.log('works');
}

void run();
