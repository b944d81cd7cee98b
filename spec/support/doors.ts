import { STATUS_CODES } from 'node:http';
import { expect } from 'chai';
import { Controller, Get, JsonController, type AuthorizationChecker } from 'routing-controllers';
import {
  createAuthorizationChecker,
  JwtRequired,
  type AuthorizationCheckerOptions,
  type JwtErrorCode,
  type JwtManager,
  type RouteDecorator,
} from '../../src';
import { driverInUse, errorHandlersOn, rawAnswer, startApp, type Answer, type RunningApp } from './app';
import { isFull } from './full';

/** What a client must see of a refusal, in every way the host may show it. */
export interface Refusal {
  readonly status: number;
  readonly msg: string;
  readonly code: JwtErrorCode;
  readonly challenge: string | null;
}

/** A refusal with a challenge that names the error (RFC 6750, section 3). */
function challenged(status: number, code: JwtErrorCode, error: string, msg: string): Refusal {
  const challenge = `Bearer realm="api", error="${error}", error_description="${msg}"`;
  return { status, msg, code, challenge };
}

const bare = 'Bearer realm="api"';
const typeSentence = (type: string) => `Only ${type} tokens are allowed`;

/** The refusals by what they are called in the list of errors. */
export const refusals = {
  missing: { status: 401, msg: 'Missing Authorization Header', code: 'ERR_JWT_MISSING', challenge: bare },
  malformed: challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'Malformed authorization header'),
  twoTokens: challenged(400, 'ERR_JWT_REQUEST', 'invalid_request', 'More than one token in the request'),
  invalid: challenged(401, 'ERR_JWT_INVALID', 'invalid_token', 'Token is invalid'),
  expired: challenged(401, 'ERR_JWT_EXPIRED', 'invalid_token', 'Token has expired'),
  onlyAccess: challenged(401, 'ERR_JWT_TYPE', 'invalid_token', typeSentence('access')),
  onlyRefresh: challenged(401, 'ERR_JWT_TYPE', 'invalid_token', typeSentence('refresh')),
  revoked: challenged(401, 'ERR_JWT_REVOKED', 'invalid_token', 'Token has been revoked'),
  denied: challenged(403, 'ERR_JWT_DENIED', 'insufficient_scope', 'Permission denied'),
  reused: challenged(401, 'ERR_JWT_REFRESH_REUSED', 'invalid_token', 'Refresh token has been used before'),
  store: { status: 503, msg: 'Token store is unavailable', code: 'ERR_JWT_STORE', challenge: null },
  hook: { status: 503, msg: 'Authentication is unavailable', code: 'ERR_JWT_HOOK', challenge: null },
  misconfigured: {
    status: 500,
    msg: 'Server configuration error',
    code: 'ERR_JWT_CONFIGURATION',
    challenge: null,
  },
} as const satisfies Record<string, Refusal>;

/** One guarded route: a kind of controller under one of the host's two ways with errors. */
export interface Door {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  /** What the body of a refusal looks like behind this door. */
  bodyOf(refusal: Refusal): unknown;
}

/** The same rule on a JSON and a text controller; in the long form, with and without the host's error handler. */
export interface Doors {
  readonly all: readonly Door[];
  /** Everything that the framework reported as an error of the application. */
  readonly errors: readonly unknown[];
  /** How often a guarded method ran. */
  readonly runs: number;
  close(): Promise<void>;
}

/** How many doors a set has. */
export const doorCount = isFull ? 4 : 2;

/** Starts the hosts, with two guarded routes each. */
export async function openDoors(
  jwtManager: JwtManager | Record<string, JwtManager>,
  rule: RouteDecorator = JwtRequired(),
  options: AuthorizationCheckerOptions = {},
  wrap: (checker: AuthorizationChecker) => AuthorizationChecker = (checker) => checker,
): Promise<Doors> {
  let runs = 0;
  const controllers = guardedControllers(rule, () => ++runs);
  const hosts = await Promise.all(
    errorHandlersOn(driverInUse()).map(async (defaultErrorHandler) => {
      const authorizationChecker = wrap(createAuthorizationChecker(jwtManager, options));
      const app = await startApp({ controllers, defaultErrorHandler, authorizationChecker });
      return { app, defaultErrorHandler };
    }),
  );
  const apps = hosts.map(({ app }) => app);
  return {
    all: hosts.flatMap((host) => [jsonDoor(host), textDoor(host)]),
    get errors() {
      return apps.flatMap(({ errors }) => errors);
    },
    get runs() {
      return runs;
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.close()));
    },
  };
}

function guardedControllers(rule: RouteDecorator, run: () => number): Function[] {
  @JsonController('/json')
  class JsonRoutes {
    @Get('/door')
    @rule
    door() {
      return { runs: run() };
    }
  }

  @Controller('/text')
  class TextRoutes {
    @Get('/door')
    @rule
    door() {
      return String(run());
    }
  }
  return [JsonRoutes, TextRoutes];
}

interface Host {
  readonly app: RunningApp;
  readonly defaultErrorHandler: boolean;
}

function jsonDoor({ app, defaultErrorHandler }: Host): Door {
  return {
    name: `a JSON controller, defaultErrorHandler: ${String(defaultErrorHandler)}`,
    port: app.port,
    path: '/json/door',
    bodyOf: (refusal) => (defaultErrorHandler ? bodyOf(refusal) : sentenceOf(refusal)),
  };
}

function textDoor({ app, defaultErrorHandler }: Host): Door {
  return {
    name: `a text controller, defaultErrorHandler: ${String(defaultErrorHandler)}`,
    port: app.port,
    path: '/text/door',
    bodyOf: (refusal) => (defaultErrorHandler ? refusal.msg : sentenceOf(refusal)),
  };
}

function bodyOf({ msg, code }: Refusal): object {
  return { msg, code };
}

/** Koa keeps the message of a server's error to itself; Express does so in production only. */
function sentenceOf({ status, msg }: Refusal): unknown {
  return status < 500 || driverInUse() === 'express' ? msg : STATUS_CODES[status];
}

/** Sends header lines to a door. */
export function knock({ port, path }: Door, lines: readonly string[], method = 'GET'): Promise<Answer> {
  return rawAnswer(port, method, path, lines);
}

/** Expects that every door answers with the refusal, whole and in the same way, and that no method runs. */
export async function expectRefusal(doors: Doors, refusal: Refusal, lines: readonly string[]): Promise<void> {
  const before = doors.runs;
  for (const door of doors.all) expectAnswer(door, refusal, await knock(door, lines));
  expect(doors.runs, 'the guarded method ran').to.equal(before);
}

/** Expects that an answer is the refusal as this door shows it. */
export function expectAnswer(door: Door, refusal: Refusal, { headers, ...answer }: Answer): void {
  const { status, challenge } = refusal;
  expect(answer, door.name).to.deep.equal({ status, body: door.bodyOf(refusal), challenge });
  expect(headers.get('Vary'), door.name).to.equal('Authorization');
  expect(headers.get('Cache-Control'), door.name).to.equal('no-store');
  expect(headers.get('Retry-After'), door.name).to.equal(status === 503 ? '1' : null);
}

/** Expects that every door opens. */
export async function expectAdmission(doors: Doors, lines: readonly string[]): Promise<void> {
  const before = doors.runs;
  for (const door of doors.all) {
    const { status, headers } = await knock(door, lines);
    expect(status, door.name).to.equal(200);
    expect(headers.get('Vary'), door.name).to.equal('Authorization');
  }
  expect(doors.runs - before).to.equal(doors.all.length);
}

/** The header line that carries a token. */
export function bearer(token: string): string[] {
  return [`Authorization: Bearer ${token}`];
}
