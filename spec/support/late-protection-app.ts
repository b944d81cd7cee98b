import 'reflect-metadata';
import { once } from 'node:events';
import { Get, JsonController } from 'routing-controllers';
import { createAuthorizationChecker, JwtPublic, JwtRequired } from '../../src';
import { startApp } from './app';
import { testManager } from './manager';

// A process of its own, for a checker that comes after its server.

@JsonController('/late')
class Late {
  @Get('/bare')
  bare() {
    return {};
  }

  @Get('/public')
  @JwtPublic()
  public() {
    return {};
  }

  @Get('/required')
  @JwtRequired()
  required() {
    return {};
  }
}

async function run(): Promise<void> {
  const made: { check?: ReturnType<typeof createAuthorizationChecker> } = {};
  const app = await startApp({
    controllers: [Late],
    authorizationChecker: (action, roles) => made.check?.(action, roles) ?? false,
  });
  const warned = once(process, 'warning') as Promise<[Error]>;
  made.check = createAuthorizationChecker(testManager(), { protectByDefault: true });
  createAuthorizationChecker(testManager(), { protectByDefault: true });
  const [{ name, message }] = await warned;
  await app.close();
  process.send?.({ name, message });
}

void run();
