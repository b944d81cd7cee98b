import { expect } from 'chai';
import { Authorized, Get, getMetadataArgsStorage, JsonController } from 'routing-controllers';
import {
  BearerHeader,
  createAuthorizationChecker,
  describeRoutes,
  formatRoutes,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  QueryParameter,
  type JwtRequirement,
  type RouteDecorator,
} from '../../src';
import { describeOnDrivers, getWith, request, startApp } from '../support/app';
import { testManager } from '../support/manager';
import {
  answersOf,
  forAdmins,
  forUsers,
  open,
  refusalToStart,
  startWith,
  type Answers,
} from '../support/protection';

const admin = { roles: 'admin' };
const never = () => false;
const always = () => true;
const query = [new QueryParameter('jwt')];
const header = [new BearerHeader()];

function controllerWith(onClass: RouteDecorator | ClassDecorator, onMethod: RouteDecorator): Function {
  @JsonController('/rules')
  class Rules {
    @Get('/route')
    @onMethod
    route() {
      return {};
    }
  }
  (onClass as RouteDecorator)(Rules);
  return Rules;
}

/** What holds for the method, as `describeRoutes` and `formatRoutes` show it. */
function described(controller: Function): { requirement: JwtRequirement | null; text: string } {
  const storage = getMetadataArgsStorage();
  const { controllers } = storage;
  storage.controllers = controllers.filter(({ target }) => target === controller);
  const routes = describeRoutes();
  storage.controllers = controllers;
  const text = formatRoutes(routes).split('Rules.route  ')[1] ?? '';
  return { requirement: routes[0]?.requirement ?? null, text };
}

type Case = [
  name: string,
  onClass: RouteDecorator | ClassDecorator,
  onMethod: RouteDecorator,
  holds: JwtRequirement | null,
  text: string,
];

const cases: Case[] = [
  [
    'a method adds to what its class requires',
    JwtRequired(admin),
    JwtRequired({ fresh: '5m' }),
    { roles: 'admin', fresh: '5m' },
    'access, roles: admin, fresh: 5m',
  ],
  ['a bare rule adds nothing', JwtRequired(admin), JwtRequired(), admin, 'access, roles: admin'],
  [
    'a key said again replaces',
    JwtRequired({ roles: 'admin', scopes: 'a' }),
    JwtRequired({ roles: 'clerk' }),
    { roles: 'clerk', scopes: 'a' },
    'access, roles: clerk, scopes: a',
  ],
  ['an open method is open', JwtRequired(admin), JwtPublic(), null, 'open'],
  ['a method of an open class stands alone', JwtPublic(), JwtRequired(admin), admin, 'access, roles: admin'],
  [
    'a bare rule in an optional class admits no guests',
    JwtOptional(admin),
    JwtRequired(),
    admin,
    'access, roles: admin',
  ],
  [
    'an optional method keeps the roles of its class',
    JwtRequired(admin),
    JwtOptional(),
    { roles: 'admin', optional: true },
    'access, optional, roles: admin',
  ],
  [
    'a refresh method keeps roles and freshness of its class',
    JwtRequired({ roles: 'admin', fresh: true }),
    JwtRefreshRequired(),
    { roles: 'admin', fresh: true, type: 'refresh' },
    'refresh, roles: admin, fresh',
  ],
  [
    'a refresh class keeps its type',
    JwtRefreshRequired(),
    JwtRequired({ fresh: true }),
    { type: 'refresh', fresh: true },
    'refresh, fresh',
  ],
  [
    'a refresh class gives its type up where a method says so',
    JwtRefreshRequired(),
    JwtRequired({ type: 'access' }),
    { type: 'access' },
    'access',
  ],
  [
    'a refresh class that is optional has no guests on a refresh method',
    JwtRequired({ type: 'refresh', optional: true }),
    JwtRefreshRequired(),
    { type: 'refresh' },
    'refresh',
  ],
  [
    'the manager of the class stays',
    JwtRequired({ manager: 'default' }),
    JwtRequired(admin),
    { manager: 'default', roles: 'admin' },
    'access, roles: admin, manager: default',
  ],
  [
    'the check of the class stays',
    JwtRequired({ check: never }),
    JwtRequired(admin),
    { check: never, roles: 'admin' },
    'access, roles: admin, check',
  ],
  [
    'a check said again replaces',
    JwtRequired({ check: never }),
    JwtRequired({ check: always }),
    { check: always },
    'access, check',
  ],
  [
    'the locations of the class stay, and are replaced as a whole',
    JwtRequired({ locations: query, skipRevocationCheck: true }),
    JwtRequired({ locations: header }),
    { locations: header, skipRevocationCheck: true },
    'access, in: Authorization Header, revoked or not',
  ],
  [
    'the store is asked again where a method says so',
    JwtRequired({ skipRevocationCheck: true }),
    JwtRequired({ skipRevocationCheck: false }),
    { skipRevocationCheck: false },
    'access',
  ],
  [
    'false drops what the class requires',
    JwtRequired({ roles: 'admin', scopes: 'a', fresh: true, check: never }),
    JwtRequired({ roles: false, scopes: false, fresh: false, check: false }),
    { roles: false, scopes: false, fresh: false, check: false },
    'access',
  ],
  [
    '@Authorized on the class holds as well',
    Authorized('admin') as ClassDecorator,
    JwtRequired({ fresh: true }),
    { roles: ['admin'], fresh: true },
    'access, roles: admin, fresh',
  ],
  [
    '@Authorized on the method holds as well',
    JwtRequired({ fresh: true }),
    Authorized('admin') as RouteDecorator,
    { fresh: true, roles: ['admin'] },
    'access, roles: admin, fresh',
  ],
];

describeOnDrivers('rules on class and method', () => {
  for (const [name, onClass, onMethod, holds, text] of cases) {
    it(`are merged key by key, and shown so: ${name}`, () => {
      expect(described(controllerWith(onClass, onMethod))).to.deep.equal({ requirement: holds, text });
    });
  }

  const enforced: [name: string, onClass: RouteDecorator, onMethod: RouteDecorator, answers: Answers][] = [
    ['added freshness', JwtRequired(admin), JwtRequired({ fresh: '5m' }), [401, 401, 401]],
    ['bare in an admin class', JwtRequired(admin), JwtRequired(), forAdmins],
    ['optional in an admin class', JwtRequired(admin), JwtOptional(), [200, 403, 200]],
    ['bare in an optional class', JwtOptional(), JwtRequired(), forUsers],
    ['the check of the class', JwtRequired({ check: never }), JwtRequired(admin), [401, 403, 403]],
    ['dropped roles', JwtRequired(admin), JwtRequired({ roles: false }), forUsers],
    ['open in an admin class', JwtRequired(admin), JwtPublic(), open],
    ['closed in an open class', JwtPublic(), JwtRequired(admin), forAdmins],
  ];

  for (const [name, onClass, onMethod, answers] of enforced) {
    it(`are enforced as they are shown: ${name}`, async () => {
      const app = await startWith([controllerWith(onClass, onMethod)]);
      expect(await answersOf(app, '/rules/route')).to.deep.equal(answers);
      await app.close();
    });
  }

  it('are merged for refresh tokens and for the locations of a class', async () => {
    const jwtManager = testManager();
    const app = await startApp({
      controllers: [controllerWith(JwtRequired({ roles: 'admin', locations: query }), JwtRefreshRequired())],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const statusOf = async (text: string) => (await request(`${app.url}/rules/route?jwt=${text}`)).status;
    const pair = await jwtManager.createTokenPair('ada', { roles: 'admin' });
    expect(await statusOf(pair.refresh_token)).to.equal(200);
    expect(await statusOf(pair.access_token)).to.equal(401);
    expect(await statusOf((await jwtManager.createTokenPair('eve')).refresh_token)).to.equal(403);
    expect(await getWith(`${app.url}/rules/route`, pair.refresh_token)).to.include({ status: 401 });
    await app.close();
  });

  it('do not start where `false` meets the roles of @Authorized, which nothing takes away', async () => {
    const message = await refusalToStart([
      controllerWith(Authorized('admin') as RouteDecorator, JwtRequired({ roles: false })),
    ]);
    expect(message).to.include("two rules for 'roles' meet on Rules.route");
  });

  describe('of base classes', () => {
    @JwtRequired(admin)
    class AdminBase {
      @Get('/fresh')
      @JwtRequired({ fresh: true })
      fresh(): object {
        return {};
      }
    }

    it('hold for a new method that has a rule of its own', async () => {
      @JsonController('/rules')
      class Sub extends AdminBase {
        @Get('/route')
        @JwtRequired({ scopes: false })
        route() {
          return {};
        }
      }
      const app = await startWith([Sub]);
      expect(await answersOf(app, '/rules/route')).to.deep.equal(forAdmins);
      expect(await answersOf(app, '/rules/fresh')).to.deep.equal([401, 401, 401]);
      await app.close();
    });

    it('hold for an override that has a rule of its own, which replaces that of the overridden method', async () => {
      @JsonController('/rules')
      class Sub extends AdminBase {
        @Get('/route')
        @JwtRequired()
        override fresh() {
          return {};
        }
      }
      const app = await startWith([Sub]);
      expect(await answersOf(app, '/rules/route')).to.deep.equal(forAdmins);
      await app.close();
    });

    it('do not start where the class says something else than the base class says for its method', async () => {
      @JsonController('/rules')
      @JwtRequired({ roles: 'clerk' })
      class Sub extends AdminBase {}
      expect(await refusalToStart([Sub])).to.include("two rules for 'roles' meet on Sub.fresh");
    });
  });
});
