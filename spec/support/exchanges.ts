import type { Express } from 'express';
import type Koa from 'koa';
import {
  Body,
  Controller,
  Get,
  JsonController,
  NotFoundError,
  Post,
  Res,
  type RoutingControllersOptions,
} from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type Token,
} from '../../src';
import { rawRequest, serve, type AnyResponse } from './app';
import { secret, startOfTime, testClock } from './manager';

/** A response, field by field: `status`, `body`, and each header by its name. */
export type Fields = Readonly<Record<string, string>>;

/** What a server responds to each request. */
export type Exchanges = ReadonlyMap<string, Fields>;

const clock = testClock();
const jwtManager = new JwtManager({ secret, clock });
const tokenCookies = new TokenCookies();

interface Credentials {
  readonly username: string;
}

@JsonController('/exchanges')
class JsonExchanges {
  @Post('/login')
  async login(@Body({ validate: false }) { username }: Credentials) {
    return jwtManager.createTokenPair(username);
  }

  @Post('/cookie-login')
  async cookieLogin(@Res() response: AnyResponse) {
    tokenCookies.set(response, await jwtManager.createTokenPair('ada'));
    return {};
  }

  @Get('/protected')
  @JwtRequired()
  protected(@InjectToken() { identity }: Token) {
    return { identity };
  }

  @Post('/protected')
  @JwtRequired()
  add(@InjectToken() { identity }: Token) {
    return { identity };
  }

  @Get('/admin')
  @JwtRequired({ roles: 'admin' })
  admin() {
    return {};
  }

  @Get('/optional')
  @JwtOptional()
  optional(@InjectToken() token: Token | undefined) {
    return { identity: token?.identity ?? 'guest' };
  }

  @Post('/refresh')
  @JwtRefreshRequired()
  refresh(@InjectToken() token: Token) {
    return jwtManager.refresh(token);
  }

  @Post('/logout')
  @JwtRequired()
  logout(@Res() response: AnyResponse) {
    tokenCookies.clear(response);
    return {};
  }

  @Get('/missing')
  @JwtRequired()
  missing() {
    throw new NotFoundError('no such note');
  }

  @Get('/misused')
  misused() {
    return jwtManager.createAccessToken('');
  }
}

@Controller('/text-exchanges')
class TextExchanges {
  @Get('/protected')
  @JwtRequired()
  protected(@InjectToken() { identity }: Token) {
    return `You are ${identity}.`;
  }
}

/** Starts a server with the options, sends all requests and stops it. */
export async function exchangesOn(
  create: (options: RoutingControllersOptions) => Koa | Express,
  defaultErrorHandler: boolean,
): Promise<Exchanges> {
  const locations = [new BearerHeader(), tokenCookies];
  const created = create({
    controllers: [JsonExchanges, TextExchanges],
    authorizationChecker: createAuthorizationChecker(jwtManager, { locations }),
    defaultErrorHandler,
  });
  // Express prints no errors then; Koa does not know the setting.
  if ('set' in created) created.set('env', 'test');
  const app = await serve(created);
  const fields = new Map<string, Fields>();
  try {
    for (const [name, line, ...headers] of await requests())
      fields.set(name, fieldsOf(await rawRequest(app.port, bytesOf(line, headers))));
  } finally {
    await app.close();
  }
  return fields;
}

type RequestLines = [name: string, line: string, ...headers: string[]];

/** Of a login of its own each time. */
async function requests(): Promise<RequestLines[]> {
  const pair = await jwtManager.createTokenPair('ada');
  const other = await jwtManager.createTokenPair('ada');
  const expired = await new JwtManager({
    secret,
    clock: () => startOfTime - 3_600_000,
  }).createAccessToken('ada');
  const bearer = (token: string) => `Authorization: Bearer ${token}`;
  const cookies = `Cookie: __Host-access_token=${pair.access_token}; __Host-refresh_token=${other.refresh_token}`;
  const csrf = `X-CSRF-Token: ${tokenCookies.csrfValue(pair.access_token)}`;
  const json = 'Content-Type: application/json';
  const protectedPath = '/exchanges/protected';
  return [
    ['login', 'POST /exchanges/login {"username":"ada"}', json],
    ['login with malformed JSON', 'POST /exchanges/login {', json],
    ['login with cookies', 'POST /exchanges/cookie-login'],
    ['protected', `GET ${protectedPath}`, bearer(pair.access_token)],
    ['protected, HEAD', `HEAD ${protectedPath}`, bearer(pair.access_token)],
    ['protected, by cookie', `GET ${protectedPath}`, cookies],
    ['protected, changing something by cookie', `POST ${protectedPath}`, cookies, csrf],
    ['without the CSRF value', `POST ${protectedPath}`, cookies],
    ['from a foreign page', `POST ${protectedPath}`, cookies, csrf, 'Origin: https://foreign.example'],
    ['missing', `GET ${protectedPath}`],
    ['missing, HEAD', `HEAD ${protectedPath}`],
    ['expired', `GET ${protectedPath}`, bearer(expired)],
    ['invalid', `GET ${protectedPath}`, bearer('a.b.c')],
    ['malformed', `GET ${protectedPath}`, 'Authorization: Bearer a b'],
    ['two tokens', `GET ${protectedPath}`, bearer(pair.access_token), cookies],
    ['a refresh token', `GET ${protectedPath}`, bearer(pair.refresh_token)],
    ['denied', 'GET /exchanges/admin', bearer(pair.access_token)],
    ['optional, a guest', 'GET /exchanges/optional'],
    ['optional, a user', 'GET /exchanges/optional', bearer(pair.access_token)],
    ['optional, an invalid token', 'GET /exchanges/optional', bearer('a.b.c')],
    ['refresh', 'POST /exchanges/refresh', bearer(pair.refresh_token)],
    ['refresh without a token', 'POST /exchanges/refresh'],
    ['logout', 'POST /exchanges/logout', cookies, csrf],
    ['text', 'GET /text-exchanges/protected', bearer(pair.access_token)],
    ['text, missing', 'GET /text-exchanges/protected'],
    ['an error of the method', 'GET /exchanges/missing', bearer(pair.access_token)],
    ['a mistake of the application', 'GET /exchanges/misused'],
    ['OPTIONS', `OPTIONS ${protectedPath}`],
    ['another method', `DELETE ${protectedPath}`, bearer(pair.access_token)],
    ['no route', 'GET /exchanges/nowhere'],
  ];
}

function bytesOf(line: string, headers: readonly string[]): string {
  const [method = '', path = '', body = ''] = line.split(' ');
  const all = ['Host: localhost', 'Connection: close', ...headers, `Content-Length: ${String(body.length)}`];
  return `${method} ${path} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${body}`;
}

/** Headers about the connection and the time, which are Node's. */
const ofNode = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding', 'content-length']);

function fieldsOf(bytes: string): Fields {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const fields: Record<string, string> = { status: statusLine.split(' ')[1] ?? '' };
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*): *(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (!ofNode.has(key)) fields[key] = key in fields ? `${String(fields[key])}, ${value}` : value;
  }
  const chunked = /^[0-9a-f]+\r\n(.*)\r\n0\r\n\r\n$/s.exec(bytes.slice(end + 4));
  fields['body'] = chunked?.[1] ?? bytes.slice(end + 4);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, withoutSecrets(value)]));
}

/** Without what is new each time, and without stacks. */
function withoutSecrets(text: string): string {
  return text
    .replace(/eyJ[\w.-]+~?/g, '<token>')
    .replace(/csrf_token=[\w-]+/g, 'csrf_token=<value>')
    .replace(/^W\/"[^"]+"$/, '<hash>')
    .replace(/,"stack":"[^"]*"/, '')
    .replace(/^<!DOCTYPE html>.*<pre>(.*?)(<br>.*)?<\/pre>.*$/s, 'a page: $1');
}

/** The fields in which responses differ: what the one and the other respond, and to which requests. */
export type Differences = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Compares two servers field by field. */
export function differencesBetween(one: Exchanges, other: Exchanges): Differences {
  const differences: Record<string, Record<string, string[]>> = {};
  for (const [name, fields] of one) {
    const others = other.get(name) ?? {};
    for (const field of new Set([...Object.keys(fields), ...Object.keys(others)])) {
      const [first, second] = [fields[field] ?? 'none', others[field] ?? 'none'];
      if (first === second) continue;
      const pairs = (differences[field] ??= {});
      (pairs[`${first} | ${second}`] ??= []).push(name);
    }
  }
  return differences;
}
