import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { Context, Next } from 'koa';
import type { NextFunction, Request, Response } from 'express';
import { Get, JsonController, Res } from 'routing-controllers';
import { createAuthorizationChecker, createJwtMiddleware, JwtRequired, TokenExpiredError } from '../../src';
import {
  describeOnDrivers,
  newApp,
  serve,
  startApp,
  takeOver,
  type AnyResponse,
  type RunningApp,
} from '../support/app';
import { testManager } from '../support/manager';

const jwtManager = testManager();
const authorizationChecker = createAuthorizationChecker(jwtManager);

@JsonController()
class Streams {
  @Get('/stream')
  @JwtRequired()
  async stream(@Res() response: AnyResponse): Promise<AnyResponse> {
    await begin(takeOver(response));
    throw new TokenExpiredError();
  }
}

/** Sends the head and a first part. */
function begin(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.write('the first part', () => {
      resolve();
    });
  });
}

/** What arrives of a response, and whether it is whole. */
async function readFrom(url: string, headers: Record<string, string> = {}): Promise<[string, boolean]> {
  const { body } = await fetch(url, { headers });
  let text = '';
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(chunk).toString();
    return [text, true];
  } catch {
    return [text, false];
  }
}

describeOnDrivers('A response that is under way when its request is rejected', (driver) => {
  let app: RunningApp;
  afterEach(() => app.close());

  it('is cut off: nobody else would end it', async () => {
    app = await startApp({ controllers: [Streams], authorizationChecker, defaultErrorHandler: true });
    const Authorization = `Bearer ${await jwtManager.createAccessToken('ada')}`;
    expect(await readFrom(`${app.url}/stream`, { Authorization })).to.deep.equal(['the first part', false]);
  });

  it('is cut off by middleware, too', async () => {
    const middleware =
      driver === 'koa'
        ? async (context: Context, next: Next) => {
            context.respond = false;
            await begin(context.res);
            await next();
          }
        : async (_: Request, response: Response, next: NextFunction) => {
            await begin(response);
            next();
          };
    app = await serve(newApp(middleware, createJwtMiddleware(authorizationChecker)));
    expect(await readFrom(app.url)).to.deep.equal(['the first part', false]);
  });
});
