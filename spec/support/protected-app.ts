import 'reflect-metadata';
import { Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  describeRoutes,
  InjectToken,
  JwtPublic,
  JwtRequired,
  Token,
} from '../../src';
import { getWith, request, startApp } from './app';
import { testManager } from './manager';

// A process of its own: protection by default holds for every server that is created after it in the process.

@JsonController('/things')
class Things {
  @Get('/bare')
  bare() {
    return {};
  }

  @Get('/token')
  token(@InjectToken() token: Token) {
    return { identity: token.identity };
  }

  @Get('/admin')
  @JwtRequired({ roles: 'admin' })
  admin() {
    return {};
  }

  @Get('/open')
  @JwtPublic()
  open() {
    return {};
  }

  @Get(/\/by-pattern-\d+/)
  pattern() {
    return {};
  }
}

class Inherited {
  @Get('/inherited')
  inherited() {
    return {};
  }
}

@JsonController()
class Heir extends Inherited {}

async function run(): Promise<void> {
  const jwtManager = testManager();
  const closed = await startApp({
    controllers: [Things, Heir],
    authorizationChecker: createAuthorizationChecker(jwtManager, { protectByDefault: true }),
  });
  const token = await jwtManager.createAccessToken('ada');
  const paths = [
    '/things/bare',
    '/things/token',
    '/things/admin',
    '/things/open',
    '/things/by-pattern-1',
    '/inherited',
  ];
  const statuses: Record<string, number[]> = {};
  for (const path of paths) {
    const answers = [await request(closed.url + path), await getWith(closed.url + path, token)];
    statuses[path] = answers.map(({ status }) => status);
  }
  await closed.close();

  const other = await startApp({
    controllers: [Heir],
    authorizationChecker: createAuthorizationChecker(jwtManager),
  });
  const { status } = await request(`${other.url}/inherited`);
  await other.close();

  const unchecked = await startApp({ controllers: [Heir] });
  const without = (await request(`${unchecked.url}/inherited`)).status;
  const errors = unchecked.errors.length;
  await unchecked.close();

  const asked: unknown[][] = [];
  const foreign = await startApp({
    controllers: [Heir],
    authorizationChecker: (_, roles) => asked.push(roles) === 0,
  });
  const refused = (await request(`${foreign.url}/inherited`)).status;
  await foreign.close();
  process.send?.({
    statuses,
    elsewhere: status,
    without: { status: without, errors },
    foreign: { status: refused, asked: asked.map(({ length }) => length) },
    routes: describeRoutes(),
  });
}

void run();
