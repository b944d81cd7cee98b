import { expect } from 'chai';
import Koa, { type Context } from 'koa';
import { Get, JsonController, Req, type AuthorizationChecker } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  PermissionDeniedError,
  QueryParameter,
  TokenMissingError,
  type JwtManager,
} from '../../../src';
import { defaultRule } from '../../../src/controllers/rules/route-rule';
import { describeOnDrivers, request, startApp } from '../../support/app';
import { isFull } from '../../support/full';
import { testManager } from '../../support/manager';
import { refusalOf } from '../../support/rejected';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** The checker is a function that others may call, too: a resolver of GraphQL, for example. */
describe('A checker that something else than routing-controllers calls', () => {
  let manager: JwtManager;
  let checker: AuthorizationChecker;

  before(() => {
    manager = testManager();
    checker = createAuthorizationChecker(manager);
  });

  async function ask(roles: unknown[], authorization?: string): Promise<boolean> {
    let answer: Promise<boolean> | undefined;
    const app = new Koa();
    app.use((context: Context) => {
      const { request, response } = context;
      answer = Promise.resolve(checker({ request, response, context }, roles));
      return answer.then(
        (isOpen) => (context.body = { isOpen }),
        () => (context.status = 418),
      );
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${String(port)}/`, {
      headers: authorization ? { Authorization: authorization } : {},
    });
    server.close();
    return answer as Promise<boolean>;
  }

  it('lets a method without a rule run', async () => {
    expect(await ask([defaultRule])).to.equal(true);
  });

  for (const roles of [[], ['admin'], [['admin', 'editor']], ['admin', 'editor']]) {
    it(`demands a token for ${JSON.stringify(roles)}`, async () => {
      await refusalOf(ask(roles), TokenMissingError);
    });
  }

  for (const [roles, own, isOpen] of [
    [[], [], true],
    [['admin'], [], false],
    [['admin'], ['admin'], true],
    [['admin', 'editor'], ['editor'], true],
    [['admin', 'editor'], ['guest'], false],
  ] as const) {
    it(`${isOpen ? 'admits' : 'rejects'} the roles ${JSON.stringify(own)} for ${JSON.stringify(roles)}`, async () => {
      const bearer = `Bearer ${await manager.createAccessToken('ada', { roles: [...own] })}`;
      if (isOpen) expect(await ask([...roles], bearer)).to.equal(true);
      else await refusalOf(ask([...roles], bearer), PermissionDeniedError);
    });
  }
});

/** Koa's request has its context. */
interface AnyRequest {
  readonly ctx?: unknown;
}

describeOnDrivers('A checker that is called for each field of a long list', () => {
  const fields = isFull ? 8_000 : 800;
  it('costs the response no more than one call', async () => {
    const manager = testManager();
    const checker = createAuthorizationChecker(manager, {
      locations: [new BearerHeader(), new QueryParameter('token')],
    });

    @JsonController('/fields')
    class Fields {
      @Get('/')
      async list(@Req() request: AnyRequest) {
        let open = 0;
        for (let field = 0; field < fields; field++) {
          const roles = field % 2 === 0 ? [] : ['admin'];
          const isOpen = Promise.resolve(
            checker({ request, response: undefined, context: request.ctx }, roles),
          );
          open += await isOpen.then(Number, () => 0);
        }
        return { open };
      }
    }

    const app = await startApp({ controllers: [Fields], authorizationChecker: checker });
    const token = await manager.createAccessToken('ada');
    const response = await request(`${app.url}/fields?token=${token}`);
    expect(response).to.deep.include({ status: 200, body: { open: fields / 2 }, challenge: null });
    expect(Object.fromEntries(response.headers)).to.include({
      vary: 'Authorization',
      'cache-control': 'no-store',
    });
    await app.close();
  });
});
