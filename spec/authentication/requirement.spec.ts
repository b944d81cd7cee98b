import { expect } from 'chai';
import { Authorized, Get, JsonController } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
} from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { request, startApp } from '../support/app';
import { testManager } from '../support/manager';
import { refusalToStart } from '../support/protection';

describe('a requirement', () => {
  const wrong: [string, unknown, string][] = [
    ['an unknown key', { role: 'admin' }, "has no option 'role'"],
    ['a type that does not exist', { type: 'id' }, 'type must be'],
    ['an optional that is no boolean', { optional: 'yes' }, 'optional must be'],
    ['a store that is skipped by a word', { skipRevocationCheck: 'yes' }, 'skipRevocationCheck must be'],
    ['a fresh without a unit', { fresh: '300' }, 'fresh must be'],
    ['a negative fresh', { fresh: -1 }, 'fresh must be'],
    ['a fresh in milliseconds', { fresh: 300_000 }, 'fresh is a number of seconds, at most 86400'],
    ['no roles', { roles: [] }, 'roles must be'],
    ['an empty role', { roles: '' }, 'roles must be'],
    ['a role that is no string', { roles: [1] }, 'roles must be'],
    ['roles that are null', { roles: null }, 'roles must be a name, a list of names, or { deny:'],
    ['roles that are a number', { roles: 1 }, 'roles must be a name, a list of names, or { deny:'],
    ['scopes that are null', { scopes: null }, 'scopes must be a name, a list of names, or { any:'],
    ['no denied roles', { roles: { deny: [] } }, 'roles.deny must be'],
    ['roles with a misspelt deny', { roles: { denied: ['x'] } }, "has no option 'denied'"],
    ['no scopes', { scopes: [] }, 'scopes must be'],
    ['an empty scope', { scopes: '' }, 'scopes must be'],
    ['a scope with a quote', { scopes: ['a"b'] }, 'scopes must be'],
    ['a scope with a space in a list', { scopes: ['a b'] }, 'scopes must be'],
    ['one scope to choose from', { scopes: { any: 'x' } }, 'scopes.any must be'],
    ['no scopes to choose from', { scopes: { any: [] } }, 'scopes.any must be'],
    ['scopes with a misspelt any', { scopes: { some: ['x'] } }, "has no option 'some'"],
    ['a check that is no function', { check: true }, 'check must be'],
    ['no locations', { locations: [] }, 'locations must be'],
    ['a manager that is no name', { manager: {} }, 'manager must be'],
    ['no object', 'admin', "@JwtRequired: the options must be an object, such as { roles: 'admin' }"],
    ['null', null, 'the options must be an object'],
  ];

  for (const [name, requirement, message] of wrong) {
    it(`is refused when it is decorated: ${name}`, () => {
      expect(() => JwtRequired(requirement as object)).to.throw(ConfigurationError, message);
    });
  }

  for (const [name, decorate] of Object.entries({
    JwtRequired,
    JwtOptional,
    JwtRefreshRequired,
    JwtPublic,
  })) {
    it(`notices @${name} without parentheses`, () => {
      const apply = decorate as unknown as (...target: unknown[]) => void;
      class Forgotten {
        method() {}
      }
      expect(() => {
        apply(Forgotten.prototype, 'method', {});
      }).to.throw(ConfigurationError, 'with parentheses');
      expect(() => {
        apply(Forgotten);
      }).to.throw(ConfigurationError);
    });
  }

  it('names the compiler option that is missing if it is called as a standard decorator', () => {
    const context = { kind: 'method', name: 'read', static: false };
    expect(() => {
      (JwtRequired() as (method: unknown, context: unknown) => void)(() => undefined, context);
    }).to.throw(ConfigurationError, /^@JwtRequired needs "experimentalDecorators": true in tsconfig\.json/);
  });

  it('is refused on a static method, which is no route', () => {
    expect(() => {
      class Static {
        @JwtRequired()
        static method() {}
      }
      return Static;
    }).to.throw(ConfigurationError, '@JwtRequired cannot stand on Static.method: the method is static');
  });

  it('is demanded by an @InjectToken() that stands on a constructor', () => {
    expect(() => {
      class Constructed {
        constructor(@InjectToken() readonly token: unknown) {}
      }
      return Constructed;
    }).to.throw(ConfigurationError, 'stands on a parameter of a method');
  });
});

describe("the host's @Authorized", () => {
  @JsonController('/authorized')
  class Routes {
    @Get('/any')
    @Authorized()
    any() {
      return {};
    }

    @Get('/roles')
    @Authorized(['admin', 'clerk'])
    roles() {
      return {};
    }
  }

  @JsonController('/authorized')
  class Foreign {
    @Get('/foreign')
    @Authorized({ some: 'object' })
    foreign() {
      return {};
    }
  }

  it('means the same to our checker', async () => {
    const jwtManager = testManager();
    const app = await startApp({
      controllers: [Routes],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const [plain, clerk, admin] = [
      await jwtManager.createAccessToken('ada'),
      await jwtManager.createAccessToken('bob', { roles: 'clerk' }),
      await jwtManager.createAccessToken('eve', { roles: 'admin' }),
    ];
    const statuses = async (path: string) => {
      const answers = [undefined, plain, clerk, admin].map((token) =>
        request(app.url + path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
      );
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    expect(await statuses('/authorized/any')).to.deep.equal([401, 200, 200, 200]);
    expect(await statuses('/authorized/roles')).to.deep.equal([401, 403, 200, 200]);
    await app.close();
  });

  it('still means to another checker what it meant', async () => {
    const seen: unknown[] = [];
    const app = await startApp({
      controllers: [Routes, Foreign],
      authorizationChecker: (_, roles) => seen.push(roles) > 0,
    });
    await request(`${app.url}/authorized/any`);
    await request(`${app.url}/authorized/roles`);
    await request(`${app.url}/authorized/foreign`);
    expect(seen).to.deep.equal([[], ['admin', 'clerk'], [{ some: 'object' }]]);
    await app.close();
  });

  const unreadable: [name: string, value: unknown][] = [
    ['a number', 0],
    ['a number in a list', [0]],
    ['an object', { some: 'object' }],
    ['an object in a list', ['admin', { some: 'object' }]],
    ['a function', () => true],
    ['a symbol', Symbol('admin')],
    ['null', null],
    ['a list with a hole', ['admin', undefined]],
    ['an empty name', ''],
  ];

  for (const [name, value] of unreadable) {
    it(`is an error at start where our checker would be asked: ${name}`, async () => {
      const decorate = () => Authorized(value as string);
      @JsonController('/unreadable')
      class OnMethod {
        @Get('/')
        @decorate()
        method() {
          return {};
        }
      }
      @JsonController('/unreadable')
      @decorate()
      class OnClass {
        @Get('/')
        method() {
          return {};
        }
      }
      @JsonController('/unreadable')
      class NextToOurs {
        @Get('/')
        @decorate()
        @JwtRequired()
        method() {
          return {};
        }
      }
      for (const controller of [OnMethod, OnClass, NextToOurs])
        expect(await refusalToStart([controller]))
          .to.include(`${controller.name}.method: `)
          .and.include('role');
    });
  }
});
