import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import Koa, { type Context, type Next } from 'koa';
import {
  Ctx,
  Delete,
  Get,
  HttpError,
  JsonController,
  Post,
  Req,
  UnauthorizedError,
} from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtManager,
  JwtRefreshRequired,
  JwtRequired,
  TokenCookies,
  type Token,
} from '../../src';
import { createClock } from '../../src/testing';
import { startApp } from './app';
import { secret } from './manager';

/** A site whose page has the browser client, and an API with its tokens in cookies. */
export interface AuthFetchSite {
  readonly url: string;
  readonly jwtManager: JwtManager;
  /** Each request to the API: method, path, and whether it had a CSRF value. */
  readonly requests: string[];
  /** How many refreshes there were. */
  refreshes(): number;
  /** Lets all access tokens expire. */
  expire(): void;
  /** The next refreshes are answered with this status. */
  failRefreshes(status: number | undefined): void;
  close(): Promise<void>;
}

/** A page with the browser client: `call` sends a request, `ends` counts the ends of sessions. */
export const pageWithClient = `<!doctype html><title>Page</title><link rel="icon" href="data:,"><script type="module">
  import { createAuthFetch } from '/client.mjs';
  globalThis.ends = 0;
  const onSessionEnd = () => { ends++; };
  globalThis.authFetch = createAuthFetch({ refresh: '/refresh', onSessionEnd, ...globalThis.clientOptions });
  globalThis.call = async (method, path, body) => {
    const response = await authFetch(path, { method, body, headers: body && { 'Content-Type': 'application/json' } });
    return [response.status, await response.text()];
  };
</script>`;

export async function startAuthFetchSite(cookieOptions = {}): Promise<AuthFetchSite> {
  const { clock, advance } = createClock();
  const jwtManager = new JwtManager({ secret, clock });
  const tokenCookies = new TokenCookies(cookieOptions);
  const requests: string[] = [];
  let refreshStatus: number | undefined;

  @JsonController()
  class Routes {
    @Post('/login')
    async login(@Ctx() context: Context) {
      tokenCookies.set(context, await jwtManager.createTokenPair('ada'));
      return {};
    }

    @Post('/bad-login')
    badLogin() {
      throw new UnauthorizedError('Bad username or password');
    }

    @Post('/refresh')
    @JwtRefreshRequired()
    async refresh(@InjectToken() token: Token, @Ctx() context: Context) {
      if (refreshStatus !== undefined) throw new HttpError(refreshStatus, 'no');
      tokenCookies.set(context, await jwtManager.refresh(token));
      return {};
    }

    @Get('/data')
    @JwtRequired()
    read(@InjectToken() token: Token) {
      return { of: token.identity };
    }

    @Post('/data')
    @JwtRequired()
    write(@Req() request: { body?: unknown }) {
      return request.body ?? {};
    }

    @Delete('/account')
    @JwtRequired({ fresh: '5m' })
    close() {
      return {};
    }
  }

  const koa = new Koa();
  koa.use(async (context: Context, next: Next) => {
    const files: Record<string, string> = {
      '/': pageWithClient,
      '/client.mjs': readFileSync('dist/client/index.mjs', 'utf8'),
    };
    const file = files[context.path];
    if (file !== undefined) {
      context.type = context.path === '/' ? 'html' : 'js';
      context.body = file;
      return;
    }
    requests.push(`${context.method} ${context.path}${context.get('X-CSRF-Token') ? ' with CSRF' : ''}`);
    await next();
    // What a slow network does to a response.
    await wait(context.path === '/refresh' ? 200 : Number(context.query['after'] ?? 0));
  });
  const authorizationChecker = createAuthorizationChecker(jwtManager, { locations: [tokenCookies] });
  const app = await startApp({ controllers: [Routes], authorizationChecker }, koa);
  return {
    url: `http://localhost:${String(app.port)}`,
    jwtManager,
    requests,
    refreshes: () => requests.filter((each) => each.startsWith('POST /refresh')).length,
    expire: () => {
      advance('15m');
    },
    failRefreshes: (status) => {
      refreshStatus = status;
    },
    close: () => app.close(),
  };
}
