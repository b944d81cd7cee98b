import 'reflect-metadata';
import { Get, JsonController } from 'routing-controllers';
import { runInThisContext } from 'node:vm';
import { createAuthorizationChecker, JwtManager, JwtRequired } from '../../src';
import { request, startApp } from './app';
import { secret } from './manager';

// An app in a process whose built-ins were hardened by the script in the first argument. Prints the statuses of a
// request without a token, one with a bad token, one whose hook fails and one that misuses the manager.
const manager = new JwtManager({ secret });

@JsonController()
class Routes {
  @Get('/protected')
  @JwtRequired()
  protected() {
    return {};
  }

  @Get('/hook')
  @JwtRequired({ locations: [{ name: 'Place', read: () => 1 as unknown as string }] })
  hook() {
    return {};
  }

  @Get('/misused')
  misused() {
    return manager.createAccessToken('');
  }
}

async function main(): Promise<void> {
  const authorizationChecker = createAuthorizationChecker(manager);
  const app = await startApp({ controllers: [Routes], authorizationChecker });
  runInThisContext(process.argv[2] ?? '');
  const headers = { Authorization: 'Bearer x' };
  const statuses = [
    (await request(`${app.url}/protected`)).status,
    (await request(`${app.url}/protected`, { headers })).status,
    (await request(`${app.url}/hook`)).status,
    (await request(`${app.url}/misused`)).status,
  ];
  process.stdout.write(JSON.stringify(statuses));
  await app.close();
}

void main();
