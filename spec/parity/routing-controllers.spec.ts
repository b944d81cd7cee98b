import { expect } from 'chai';
import express, { type Request } from 'express';
import Koa, { type Context } from 'koa';
import { Authorized, CurrentUser, Get, JsonController, UseBefore, type Action } from 'routing-controllers';
import {
  createAuthorizationChecker,
  createJwtMiddleware,
  JwtRequired,
  tokenOf,
  type JwtMiddleware,
  type JwtRequirement,
} from '../../src';
import { describeOnDrivers, getWith, request, startApp, type Driver, type RunningApp } from '../support/app';
import { testManager } from '../support/manager';

interface User {
  readonly name: string;
}

type Next = () => unknown;

/** What middleware of the application sees, on both frameworks. */
type Source = Request | Context;

function appWith(driver: Driver, jwt: JwtMiddleware): Koa | express.Express {
  if (driver === 'express') return express().set('env', 'test').use(jwt);
  const app = new Koa();
  app.use(jwt);
  return app;
}

/** Middleware that notes something of each request. */
function noting(note: (source: Source) => unknown): Function {
  return (...[source, second, third]: [Source, unknown, Next | undefined]) => {
    note(source);
    return (third ?? (second as Next))();
  };
}

function userIn(source: Source): User | undefined {
  const { request: inContext, ...own } = source as { request?: { user?: User }; user?: User };
  return (inContext ?? own).user;
}

describeOnDrivers('issues of routing-controllers', (driver) => {
  const jwtManager = testManager();
  const users = new Map<string, User>([['1', { name: 'Ada' }]]);
  let loads = 0;
  const authorizationChecker = createAuthorizationChecker(jwtManager, {
    currentUserChecker: ({ identity }, action: Action) => {
      loads++;
      return ((action.request as { user?: User | undefined }).user = users.get(identity));
    },
  });
  const jwt = (requirement: JwtRequirement = {}) => createJwtMiddleware(authorizationChecker, requirement);
  const running: RunningApp[] = [];
  let seen: unknown[] = [];
  let token: string;

  before(async () => {
    token = await jwtManager.createAccessToken('1', { roles: 'member' });
  });

  beforeEach(() => ([loads, seen] = [0, []]));
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));

  async function started(controller: Function, app?: Koa | express.Express): Promise<string> {
    running.push(await startApp({ controllers: [controller], authorizationChecker }, app));
    return running.at(-1)?.url ?? '';
  }

  it('#120: middleware of a controller knows what middleware of the app has authenticated', async () => {
    @JsonController()
    @UseBefore(noting((source) => seen.push(tokenOf(source as Request)?.identity)))
    class Things {
      @Get('/things')
      list() {
        return [];
      }
    }
    const url = await started(Things, appWith(driver, jwt()));
    expect((await getWith(`${url}/things`, token)).status).to.equal(200);
    expect((await request(`${url}/things`)).status).to.equal(401);
    expect(seen).to.deep.equal(['1']);
  });

  it('#293: the user is loaded once, for the check and for the parameters', async () => {
    @JsonController()
    class Things {
      @Get('/mine')
      @JwtRequired({ check: (_token, _action, user: User) => user.name === 'Ada' })
      mine(@CurrentUser() user: User, @CurrentUser() again: User) {
        return { name: user.name, same: user === again };
      }
    }
    const answer = await getWith(`${await started(Things)}/mine`, token);
    expect(answer).to.deep.include({ status: 200, body: { name: 'Ada', same: true } });
    expect(loads).to.equal(1);
  });

  it('#489: @Authorized and @UseBefore both hold', async () => {
    @JsonController()
    @Authorized('member')
    class Things {
      @Get('/both')
      @UseBefore(noting(() => seen.push('ran')))
      both() {
        return {};
      }
    }
    const url = `${await started(Things)}/both`;
    expect([(await request(url)).status, (await getWith(url, token)).status]).to.deep.equal([401, 200]);
    expect(seen).to.have.lengthOf(2);
  });

  it('#492, #551: middleware after the check has the token and the user', async () => {
    @JsonController()
    class Things {
      @Get('/limited')
      @UseBefore(
        jwt(),
        noting((source) => seen.push([tokenOf(source as Request)?.identity, userIn(source)?.name])),
      )
      @JwtRequired()
      limited(@CurrentUser() user: User) {
        return user;
      }
    }
    const url = `${await started(Things)}/limited`;
    expect(await getWith(url, token)).to.deep.include({ status: 200, body: { name: 'Ada' } });
    expect((await request(url)).status).to.equal(401);
    expect(seen).to.deep.equal([['1', 'Ada']]);
    expect(loads).to.equal(1);
  });

  it('#697, #698: middleware does not run for those whom the check rejects', async () => {
    @JsonController()
    class Things {
      @Get('/upload')
      @UseBefore(
        noting(() => seen.push('parser')),
        jwt({ roles: 'admin' }),
        noting(() => seen.push('upload')),
      )
      @Authorized('admin')
      upload() {
        return {};
      }
    }
    const url = `${await started(Things)}/upload`;
    expect((await getWith(url, token)).status).to.equal(403);
    expect(seen).to.deep.equal(['parser']);
    const admin = await jwtManager.createAccessToken('1', { roles: 'admin' });
    expect((await getWith(url, admin)).status).to.equal(200);
    expect(seen).to.deep.equal(['parser', 'parser', 'upload']);
  });

  it('hands the token to a currentUserChecker of the server', async () => {
    @JsonController()
    class Things {
      @Get('/own')
      @JwtRequired()
      own(@CurrentUser() user: User) {
        return user;
      }
    }
    const app = await startApp({
      controllers: [Things],
      authorizationChecker: createAuthorizationChecker(jwtManager),
      currentUserChecker: (action: Action) => users.get(tokenOf(action)?.identity ?? ''),
    });
    running.push(app);
    expect((await getWith(`${app.url}/own`, token)).body).to.deep.equal({ name: 'Ada' });
  });

  it('rejects two functions that load users when the server is created', async () => {
    @JsonController()
    class Things {
      @Get('/twice')
      @JwtRequired()
      twice() {
        return {};
      }
    }
    const options = { controllers: [Things], authorizationChecker, currentUserChecker: () => undefined };
    const error = await startApp(options).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.include('currentUserChecker is given twice');
  });

  it('hands over the user where a checker of the application calls ours', async () => {
    @JsonController()
    class Things {
      @Get('/wrapped')
      @JwtRequired()
      wrapped(@CurrentUser() user: User) {
        return user;
      }

      @Get('/open')
      open(@CurrentUser() user?: User) {
        return { name: user?.name ?? 'nobody' };
      }
    }
    const app = await startApp({
      controllers: [Things],
      authorizationChecker: (action, roles) => authorizationChecker(action, roles),
    });
    running.push(app);
    expect((await getWith(`${app.url}/wrapped`, token)).body).to.deep.equal({ name: 'Ada' });
    expect((await getWith(`${app.url}/open`, token)).body).to.deep.equal({ name: 'nobody' });
    expect(loads).to.equal(1);
  });
});
