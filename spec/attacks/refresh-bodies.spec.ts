import { expect } from 'chai';
import { IsString } from 'class-validator';
import { Body, BodyParam, JsonController, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InvalidRequestError,
  TokenInvalidError,
  type RejectedEvent,
} from '../../src';
import { type Answer, type RunningApp, describeOnDrivers, request, startApp } from '../support/app';
import { shortList } from '../support/full';
import { refusalOf } from '../support/rejected';
import { claimsOf, outcomeOf, sessionWorld } from '../support/session-world';

const { manager } = sessionWorld({ clock: Date.now });
const events: RejectedEvent[] = [];
manager.on('rejected', (event) => events.push(event));

class RefreshDto {
  @IsString()
  refresh_token!: string;
}

@JsonController()
class Routes {
  /** Whatever comes, as it comes. */
  @Post('/plain')
  plain(@Body({ validate: false }) body: { refresh_token: string } | undefined) {
    return manager.refresh(body?.refresh_token as string);
  }

  /** As the guide has it. */
  @Post('/checked')
  checked(@Body() { refresh_token: token }: RefreshDto) {
    return manager.refresh(token);
  }

  @Post('/field')
  field(@BodyParam('refresh_token') token: string) {
    return manager.refresh(token);
  }
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

const malformed = { msg: 'Malformed token parameter', code: 'ERR_JWT_REQUEST' };
const challengeFor = (error: string, description: string) =>
  `Bearer realm="api", error="${error}", error_description="${description}"`;

/** A body, and what the route that takes it as it comes answers; others may refuse it earlier. */
const bodies: [name: string, type: string, body: string | Uint8Array, status: number][] = [
  ['an empty object', json, '{}', 400],
  ['a list', json, '[]', 400],
  ['a list with a token request', json, '[{"refresh_token":"a.b.c"}]', 400],
  ['a number', json, '1', 400],
  ['text', json, '"a.b.c"', 400],
  ['true', json, 'true', 400],
  ['null', json, 'null', 400],
  ['broken JSON', json, '{"refresh_token":', 400],
  ['a nested object', json, '{"refresh_token":{"refresh_token":"a.b.c"}}', 400],
  ['an empty object for the token', json, '{"refresh_token":{}}', 400],
  ['an object that looks like a token', json, '{"refresh_token":{"raw":"a.b.c","type":"refresh"}}', 400],
  ['a number for the token', json, '{"refresh_token":1}', 400],
  ['true for the token', json, '{"refresh_token":true}', 400],
  ['null for the token', json, '{"refresh_token":null}', 400],
  ['a list for the token', json, '{"refresh_token":["a.b.c"]}', 400],
  ['another name', json, '{"refreshToken":"a.b.c"}', 400],
  ['a prototype', json, '{"__proto__":{"refresh_token":"a.b.c"}}', 400],
  ['nothing', json, '', 400],
  ['nothing of no type', '', '', 400],
  ['JSON of another type', 'text/plain', '{"refresh_token":"a.b.c"}', 400],
  ['JSON of a type that is none', 'nonsense', '{"refresh_token":"a.b.c"}', 400],
  ['XML', 'application/xml', '<refresh_token>a.b.c</refresh_token>', 400],
  ['an octet stream', 'application/octet-stream', new Uint8Array([0, 255, 1]), 400],
  ['a multipart form without parts', 'multipart/form-data', 'x', 400],
  ['a byte order mark before it', json, '\uFEFF{"refresh_token":"a.b.c"}', 401],
  ['bytes that are no UTF-8', json, new Uint8Array([123, 34, 255, 34, 58, 49, 125]), 400],
  ['a form that nests', form, 'refresh_token[a]=b', 400],
  ['a form with two tokens', form, 'refresh_token=a.b.c&refresh_token=d.e.f', 400],
  ['a form of nothing', form, '', 400],
  ['JSON in a form', form, '{"refresh_token":"a.b.c"}', 400],
  ['text that is no token', json, '{"refresh_token":"a.b.c"}', 401],
  ['an empty token', json, '{"refresh_token":""}', 401],
  ['a form with text that is no token', form, 'refresh_token=a.b.c', 401],
  ['two members of which the last is no token', json, '{"refresh_token":1,"refresh_token":"a.b.c"}', 401],
  ['two members of which the last is no text', json, '{"refresh_token":"a.b.c","refresh_token":1}', 400],
  ['1 MB of text for the token', json, `{"refresh_token":"${'x'.repeat(1_000_000)}"}`, 401],
  ['more than the body parser takes', json, `{"refresh_token":"${'x'.repeat(2_000_000)}"}`, 413],
];

function post(app: RunningApp, path: string, type: string, body: string | Uint8Array): Promise<Answer> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  // Bytes, so that fetch names no type of its own.
  return request(app.url + path, {
    method: 'POST',
    body: Buffer.from(bytes),
    ...(type !== '' && { headers: { 'Content-Type': type } }),
  });
}

for (const defaultErrorHandler of shortList([true, false], 1)) {
  describe(`D10: a refresh route, with defaultErrorHandler: ${String(defaultErrorHandler)}`, () => {
    let app: RunningApp;
    // Without its handler, what the host itself refuses is a 500, whatever the route.
    const paths = ['/plain', '/field', ...(defaultErrorHandler ? ['/checked'] : [])];

    before(async () => {
      const authorizationChecker = createAuthorizationChecker(manager);
      app = await startApp({ controllers: [Routes], authorizationChecker, defaultErrorHandler });
    });

    after(() => app.close());
    beforeEach(() => events.splice(0));

    for (const [name, type, body, expected] of bodies) {
      it(`answers ${String(expected)} to ${name}, and lives`, async () => {
        for (const path of paths) {
          const answer = await post(app, path, type, body);
          if (path === '/plain') expect(answer.status).to.equal(expected);
          else expect(answer.status, path).to.be.oneOf([400, 401, 413]);
          expect(JSON.stringify(answer.body)).not.to.match(/access_token|TypeError|InternalServerError/);
        }
        const { refresh_token: token } = await manager.createTokenPair('ada');
        const good = await post(app, '/plain', json, JSON.stringify({ refresh_token: token }));
        expect(good.status).to.equal(200);
      });
    }

    it('lives when JSON is nested without end', async () => {
      const body = `${'{"refresh_token":'.repeat(5000)}1${'}'.repeat(5000)}`;
      expect((await post(app, '/plain', json, body)).status).to.equal(400);
      // The host makes an instance of the class first, and its stack overflows.
      expect((await post(app, '/checked', json, body)).status).to.equal(500);
      const { refresh_token: token } = await manager.createTokenPair('ada');
      expect((await post(app, '/checked', json, JSON.stringify({ refresh_token: token }))).status).to.equal(
        200,
      );
    });

    it('says that the request is malformed, with the challenge for it, and tells operators once', async () => {
      const answer = await post(app, '/plain', json, '{"refresh_token":{}}');
      const { status, challenge, body } = answer;
      expect({ status, challenge, body }).to.deep.equal({
        status: 400,
        challenge: challengeFor('invalid_request', malformed.msg),
        body: defaultErrorHandler ? malformed : malformed.msg,
      });
      expect(events.map(({ code, reason }) => [code, reason])).to.deep.equal([
        ['ERR_JWT_REQUEST', 'no token'],
      ]);
    });

    it('says that a text is no token', async () => {
      const { status, challenge, body } = await post(app, '/plain', json, '{"refresh_token":"a.b.c"}');
      const msg = 'Token is invalid';
      expect({ status, challenge, body }).to.deep.equal({
        status: 401,
        challenge: challengeFor('invalid_token', msg),
        body: defaultErrorHandler ? { msg, code: 'ERR_JWT_INVALID' } : msg,
      });
    });

    it('takes a token in every way in which the host reads a body', async () => {
      for (const path of ['/plain', '/field', '/checked']) {
        const { refresh_token: token } = await manager.createTokenPair('ada');
        for (const [type, body] of [
          [json, JSON.stringify({ refresh_token: token })],
          [`${json}; charset=utf-8`, JSON.stringify({ refresh_token: token })],
          [form, `refresh_token=${token}`],
        ] as const) {
          expect((await post(app, path, type, body)).status, `${path} ${type}`).to.equal(200);
        }
      }
    });
  });
}

describeOnDrivers('D10: refresh', () => {
  const others: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['true', true],
    ['an object', {}],
    ['a list', ['a.b.c']],
    ['bytes', Buffer.from('a.b.c')],
    ['a String object', new String('a.b.c')],
    ['a symbol', Symbol('token')],
    ['a function', () => 'a.b.c'],
    ['what looks like a token', { raw: 'a.b.c', type: 'refresh', identity: 'ada' }],
  ];
  for (const [name, given] of others) {
    it(`of ${name} is a malformed request; verify says that it is no token`, async () => {
      const error = await refusalOf(manager.refresh(given as string), InvalidRequestError);
      expect(error.toJSON()).to.deep.equal(malformed);
      await refusalOf(manager.verify(given as string, { type: 'refresh' }), TokenInvalidError);
    });
  }

  it('of text that is no token is refused as such, and of a token in an object the token is not found', async () => {
    const pair = await manager.createTokenPair('ada');
    const wrapped = { toString: () => pair.refresh_token } as unknown as string;
    expect(await outcomeOf(manager.refresh(''))).to.equal('ERR_JWT_INVALID');
    expect(await outcomeOf(manager.refresh(wrapped))).to.equal('ERR_JWT_REQUEST');
    expect(claimsOf(await manager.refresh(pair.refresh_token)).refresh).to.include({ gen: 1 });
  });
});
