import { expect } from 'chai';
import type { RoutingControllersOptions } from 'routing-controllers';
import { createAuthorizationChecker, type IssueOptions, type JwtManager } from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { request, startApp, type RunningApp } from './app';
import { testManager } from './manager';

/** What each of three clients gets: a stranger without a token, a user, a user with the role `admin`. */
export type Answers = readonly [stranger: number, user: number, admin: number];

/** The answers of routes that are open, that want any token, that want an admin. */
export const open: Answers = [200, 200, 200];
export const forUsers: Answers = [401, 200, 200];
export const forAdmins: Answers = [401, 403, 200];

const clients: readonly (IssueOptions | undefined)[] = [undefined, {}, { roles: 'admin' }];

/** Starts a host with our checker, and only what a case needs beside it. */
export function startWith(
  controllers: readonly (Function | string)[],
  options: Omit<RoutingControllersOptions, 'controllers'> = {},
  jwtManager: JwtManager = testManager(),
): Promise<RunningApp> {
  return startApp({
    controllers: controllers as Function[],
    authorizationChecker: createAuthorizationChecker(jwtManager),
    ...options,
  });
}

/** What the three clients get from a path. */
export async function answersOf({ url }: RunningApp, path: string, method = 'GET'): Promise<number[]> {
  const jwtManager = testManager();
  const statuses: number[] = [];
  for (const options of clients) {
    const token = options && (await jwtManager.createAccessToken('ada', options));
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    statuses.push((await request(url + path, { method, headers })).status);
  }
  return statuses;
}

/** Starts the controllers, in every error mode, and expects these answers from their paths. */
export async function expectProtection(
  controllers: readonly (Function | string)[],
  routes: Readonly<Record<string, Answers>>,
  options: Omit<RoutingControllersOptions, 'controllers'> = {},
): Promise<void> {
  for (const defaultErrorHandler of [true, false]) {
    const app = await startWith(controllers, { defaultErrorHandler, ...options });
    try {
      for (const [path, answers] of Object.entries(routes)) {
        expect(await answersOf(app, path), path).to.deep.equal(answers);
      }
    } finally {
      await app.close();
    }
  }
}

/** Expects that no server can be made of the controllers, and returns what the developer is told. */
export async function refusalToStart(controllers: readonly Function[]): Promise<string> {
  try {
    const app = await startWith(controllers);
    await app.close();
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('the server was created');
}
