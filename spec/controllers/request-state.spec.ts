import { expect } from 'chai';
import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import type { ServerResponse } from 'node:http';
import type { Context, Next } from 'koa';
import {
  Get,
  Header,
  HeaderParam,
  HttpError,
  JsonController,
  createParamDecorator,
  UseBefore,
  UseInterceptor,
} from 'routing-controllers';
import {
  createAuthorizationChecker,
  JwtError,
  JwtOptional,
  JwtRequired,
  RefreshReusedError,
  TokenRevokedError,
  type RejectedEvent,
} from '../../src';
import { describeOnDriversWith, getWith, newApp, request, startApp, type RunningApp } from '../support/app';
import { testManager } from '../support/manager';
import { nodeMiddleware } from '../support/node-middleware';

const shared = new RefreshReusedError();
const frozen = Object.freeze(new RefreshReusedError());
const sealed = Object.seal(new RefreshReusedError());
const challenge =
  'Bearer realm="api", error="invalid_token", error_description="Refresh token has been used before"';

/** Lets two requests meet between the error and the response. */
class Meeting {
  #waiting: (() => void)[] = [];

  async arrive(): Promise<void> {
    const [other] = this.#waiting.splice(0);
    if (other) other();
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const manager = testManager();
const partners = testManager({ issuer: 'partner' });
const events: { manager: string; event: RejectedEvent }[] = [];
manager.on('rejected', (event) => events.push({ manager: 'default', event }));
partners.on('rejected', (event) => events.push({ manager: 'partners', event }));

let refused: Promise<unknown> | undefined;

const Throwing = () =>
  createParamDecorator({
    value: () => {
      throw new RefreshReusedError();
    },
  });

@JsonController('/shared')
class Shared {
  @Get('/shared')
  shared() {
    throw shared;
  }

  @Get('/frozen')
  frozen() {
    throw frozen;
  }

  @Get('/sealed')
  sealed() {
    throw sealed;
  }

  @Get('/memoized')
  memoized() {
    return (refused ??= manager.refresh('a.b.c'));
  }

  @Get('/check')
  @JwtRequired({
    check: () => {
      throw shared;
    },
  })
  check() {
    return {};
  }

  @Get('/location')
  @JwtRequired({
    locations: [
      {
        name: 'Place',
        read: () => {
          throw shared;
        },
      },
    ],
  })
  location() {
    return {};
  }
}

@JsonController('/partners')
class Partners {
  @Get('/method')
  @JwtRequired({ manager: 'partners' })
  method() {
    throw new RefreshReusedError();
  }

  @Get('/guest')
  @JwtOptional({ manager: 'partners' })
  guest() {
    throw new RefreshReusedError();
  }

  @Get('/parameter')
  @JwtRequired({ manager: 'partners' })
  parameter(@Throwing() value: unknown) {
    return { value };
  }

  @Get('/interceptor')
  @JwtRequired({ manager: 'partners' })
  @UseInterceptor(() => {
    throw new RefreshReusedError();
  })
  interceptor() {
    return {};
  }

  @Get('/denied')
  @JwtRequired({ manager: 'partners', roles: 'admin' })
  denied() {
    return {};
  }

  @Get('/about-another-user')
  @JwtRequired({ manager: 'partners' })
  async aboutAnotherUser(@HeaderParam('X-Token') text: string) {
    await partners.revoke(text);
    return {};
  }

  @Get('/nested')
  @JwtRequired({ manager: 'partners' })
  nested() {
    throw Object.assign(new HttpError(409, 'nested'), {
      status: 409,
      expose: true,
      cause: new TokenRevokedError(),
    });
  }

  @Get('/open')
  open() {
    throw new RefreshReusedError();
  }
}

function meddle(event: RejectedEvent): void {
  const { error } = event;
  for (const [target, name] of [
    [event, 'code'],
    [event, 'identity'],
    [error, 'status'],
    [error, 'httpCode'],
    [error, 'message'],
    [error, 'expose'],
    [error, 'headers'],
    [error, 'toJSON'],
    [error.headers, 'WWW-Authenticate'],
    [error.headers, 'X-Own'],
    [error.challenge ?? {}, 'error'],
    [error.toJSON(), 'msg'],
  ] as const)
    Reflect.set(target, name, 'changed');
}

for (const defaultErrorHandler of [true, false]) {
  const mode = `with defaultErrorHandler: ${String(defaultErrorHandler)}`;

  describeOnDriversWith(defaultErrorHandler, `an error and its request, ${mode}`, (driver) => {
    let app: RunningApp;
    let meeting: Meeting | undefined;
    let token: string;

    before(async () => {
      const authorizationChecker = createAuthorizationChecker(
        { default: manager, partners },
        {
          formatError: ({ code }, { query, res }) => {
            res.appendHeader('Vary', `X-${String(query.get('id'))}`);
            return { code, id: query.get('id') };
          },
        },
      );
      app = await startApp(
        { controllers: [Shared, Partners], authorizationChecker, defaultErrorHandler },
        driver === 'koa' ? newApp(respondLate) : newApp(),
        driver === 'koa' ? undefined : respondLateOnExpress,
      );
      token = await partners.createAccessToken('ada');
    });

    /** An application that writes the body itself, after the other request has failed. */
    async function respondLate(context: Context, next: Next): Promise<void> {
      const isMeeting = meeting !== undefined;
      try {
        await next();
        await meeting?.arrive();
      } catch (error) {
        if (!isMeeting) throw error;
        await meeting?.arrive();
        context.status = (error as JwtError).status;
        context.body = error;
      }
    }

    /** routing-controllers may have responded before. */
    function respondLateOnExpress(error: unknown, _: Request, res: Response, next: NextFunction): void {
      if (!meeting || res.headersSent) next(error);
      else void meeting.arrive().then(() => res.status((error as JwtError).status).json(error));
    }

    after(() => app.close());
    beforeEach(() => events.splice(0));
    afterEach(() => {
      meeting = undefined;
      refused = undefined;
    });

    const same: [path: string, code: string, times: number][] = [
      ['/shared/shared', 'ERR_JWT_REFRESH_REUSED', 2],
      ['/shared/frozen', 'ERR_JWT_REFRESH_REUSED', 2],
      ['/shared/sealed', 'ERR_JWT_REFRESH_REUSED', 2],
      ['/shared/memoized', 'ERR_JWT_INVALID', 1],
      ['/shared/check', 'ERR_JWT_DENIED', 2],
      ['/shared/location', 'ERR_JWT_REFRESH_REUSED', 2],
    ];
    for (const [path, code, times] of same) {
      it(`has its own body and headers in each of two concurrent requests that throw one object: ${path}`, async () => {
        meeting = new Meeting();
        const bearer = await manager.createAccessToken('ada');
        const answers = await Promise.all(
          ['a', 'b'].map((id) => getWith(`${app.url}${path}?id=${id}`, bearer)),
        );
        for (const [index, { status, body, headers }] of answers.entries()) {
          const id = ['a', 'b'][index] as string;
          expect(status).to.equal(code === 'ERR_JWT_DENIED' ? 403 : 401);
          expect(body).to.deep.equal({ code, id });
          expect(
            headers
              .get('Vary')
              ?.split(', ')
              .filter((name) => name.startsWith('X-')),
          ).to.deep.equal([`X-${id}`]);
        }
        expect(events.map(({ event }) => event.code)).to.deep.equal(Array(times).fill(code));
      });
    }

    it('leaves the object that was thrown as it was', async () => {
      await request(`${app.url}/shared/shared?id=a`);
      expect(shared.toJSON()).to.deep.equal(new RefreshReusedError().toJSON());
      expect(shared.headers).to.deep.equal(new RefreshReusedError().headers);
      expect(Object.getOwnPropertyNames(shared)).to.deep.equal(
        Object.getOwnPropertyNames(new RefreshReusedError()),
      );
    });

    const owned: [path: string, owner: string, identity: string | undefined][] = [
      ['/partners/method', 'partners', 'ada'],
      ['/partners/parameter', 'partners', 'ada'],
      ['/partners/interceptor', 'partners', 'ada'],
      ['/partners/denied', 'partners', 'ada'],
      ['/partners/guest', 'partners', 'ada'],
      ['/partners/open', 'default', undefined],
    ];
    for (const [path, owner, identity] of owned) {
      it(`is reported to the manager of the route, with the owner of the token: ${path}`, async () => {
        await getWith(app.url + path, token);
        expect(events.map((each) => each.manager)).to.deep.equal([owner]);
        expect(events[0]?.event).to.include({ path, method: 'GET' });
        expect(events[0]?.event.identity).to.equal(identity);
      });
    }

    it('is reported to the manager of the route for a guest, without an owner', async () => {
      await request(`${app.url}/partners/guest`);
      expect(events.map((each) => each.manager)).to.deep.equal(['partners']);
      expect(events[0]?.event).not.to.have.property('identity');
    });

    it('names the owner of the token that was rejected, not of the one that opened the route', async () => {
      const foreign = testManager({ issuer: 'elsewhere' });
      const text = await foreign.createAccessToken('bob');
      await request(`${app.url}/partners/about-another-user`, {
        headers: { Authorization: `Bearer ${token}`, 'X-Token': text },
      });
      expect(events.map((each) => [each.manager, each.event.identity])).to.deep.equal([['partners', 'bob']]);
    });

    it('is not reported when it is only the cause of another error', async () => {
      const { status, challenge: none } = await getWith(`${app.url}/partners/nested`, token);
      expect([status, none]).to.deep.equal([409, null]);
      expect(events).to.deep.equal([]);
    });

    // G6
    it('cannot be changed by a listener', async () => {
      const own = testManager();
      let event: RejectedEvent | undefined;
      own.on('rejected', meddle);
      own.on('rejected', (heard) => (event = heard));
      const checker = createAuthorizationChecker(own);
      const other = await startApp({
        controllers: [Shared],
        authorizationChecker: checker,
        defaultErrorHandler,
      });
      const body = new RefreshReusedError();
      expect(await request(`${other.url}/shared/shared`)).to.deep.include({
        status: 401,
        body: defaultErrorHandler ? body.toJSON() : body.message,
        challenge,
      });
      await other.close();
      expect(event).to.be.frozen;
      expect(event?.error).to.be.frozen.and.instanceOf(RefreshReusedError);
      expect(event?.error.headers).to.deep.equal(body.headers).and.be.frozen;
      expect(event).to.include({ code: 'ERR_JWT_REFRESH_REUSED' });
      expect(shared).not.to.be.frozen;
    });
  });

  describeOnDriversWith(defaultErrorHandler, `the challenge of other middleware, ${mode}`, (driver) => {
    const basic = 'Basic realm="other"';

    @JsonController('/doors')
    class Doors {
      @Get('/before')
      @UseBefore(
        nodeMiddleware((_, response) => response.appendHeader('WWW-Authenticate', 'Digest realm="method"')),
      )
      @JwtRequired()
      before() {
        return {};
      }

      @Get('/declared')
      @Header('WWW-Authenticate', 'Digest realm="declared"')
      @JwtRequired()
      declared() {
        return {};
      }
    }

    async function challengeOf(
      path: string,
      middleware: (...given: never[]) => unknown,
      handler?: ErrorRequestHandler,
    ): Promise<{ status: number; challenge: string | null }> {
      const app = await startApp(
        {
          controllers: [Doors],
          defaultErrorHandler,
          authorizationChecker: createAuthorizationChecker(testManager()),
        },
        newApp(middleware),
        handler,
      );
      const { status, challenge } = await request(app.url + path);
      await app.close();
      return { status, challenge };
    }

    const ours = 'Bearer realm="api"';
    const setBasic = (_: unknown, response: ServerResponse) => {
      response.setHeader('WWW-Authenticate', basic);
    };
    const setBefore = nodeMiddleware(setBasic);

    it('stays in front of ours', async () => {
      expect(await challengeOf('/doors/declared', setBefore)).to.deep.equal({
        status: 401,
        challenge: `${basic}, ${ours}`,
      });
      expect(await challengeOf('/doors/before', setBefore)).to.deep.equal({
        status: 401,
        challenge: `${basic}, Digest realm="method", ${ours}`,
      });
    });

    // The handler of routing-controllers has sent its response on Express.
    const canStillChange = driver === 'koa' || !defaultErrorHandler;

    it('is alone when the error becomes another response', async () => {
      if (!canStillChange) return;
      const onKoa = async (context: Context, next: Next) => {
        context.set('WWW-Authenticate', basic);
        await next().catch(() => undefined);
        context.status = 200;
        context.body = 'Please log in.';
      };
      const handler: ErrorRequestHandler = (_error, _request, response, next) => {
        if (response.headersSent) next();
        else response.status(200).send('Please log in.');
      };
      const answer =
        driver === 'koa'
          ? await challengeOf('/doors/before', onKoa)
          : await challengeOf('/doors/before', setBefore, handler);
      expect(answer).to.deep.equal({ status: 200, challenge: `${basic}, Digest realm="method"` });
    });

    it('is added to ours when it comes later', async () => {
      if (!defaultErrorHandler || driver === 'express') return;
      const added = await challengeOf('/doors/declared', async (context: Context, next: Next) => {
        await next();
        if (context.status === 401) context.append('WWW-Authenticate', basic);
      });
      expect(added).to.deep.equal({ status: 401, challenge: `${ours}, ${basic}` });
      const replaced = await challengeOf('/doors/declared', async (context: Context, next: Next) => {
        await next();
        context.set('WWW-Authenticate', basic);
      });
      expect(replaced).to.deep.equal({ status: 401, challenge: `${basic}, ${ours}` });
    });
  });
}
