import { expect } from 'chai';
import { Get, getMetadataArgsStorage, JsonController } from 'routing-controllers';
import { createAuthorizationChecker, JwtPublic, JwtRequired, type RouteDecorator } from '../../src';
import { describeOnDrivers, startApp } from '../support/app';
import { testManager } from '../support/manager';
import { answersOf, expectProtection, forAdmins, startWith, type Answers } from '../support/protection';
import { apply } from '../support/untyped';

const admin = { roles: 'admin' };

describeOnDrivers('G7: classes that come about in other ways', () => {
  abstract class Abstract {
    @Get('/list')
    list(): object {
      return this.items();
    }

    protected abstract items(): object;
  }

  /** Controllers that a factory makes, as libraries for CRUD do. */
  function crud(rule: RouteDecorator): abstract new () => { list(): object } {
    abstract class Crud {
      @Get('/list')
      @rule
      list(): object {
        return {};
      }
    }
    return Crud;
  }

  /** A class decorator that puts another class in place of the one it decorates. */
  function Replaced<T extends new () => object>(target: T): T {
    return Object.assign(class extends (target as new () => object) {}) as T;
  }

  const ways: [name: string, makeController: () => Function, answers: Answers][] = [
    [
      'an abstract class whose subclass has the rule',
      () => {
        @JsonController('/way')
        @JwtRequired(admin)
        class Concrete extends Abstract {
          items() {
            return {};
          }
        }
        return Concrete;
      },
      forAdmins,
    ],
    [
      'an abstract class with a rule',
      () => {
        @JwtRequired(admin)
        abstract class Closed extends Abstract {}
        @JsonController('/way')
        class Concrete extends Closed {
          items() {
            return {};
          }
        }
        return Concrete;
      },
      forAdmins,
    ],
    [
      'a base class out of a factory',
      () => {
        crud(JwtPublic());
        @JsonController('/way')
        class Concrete extends crud(JwtRequired(admin)) {}
        return Concrete;
      },
      forAdmins,
    ],
    [
      'a mixin',
      () => {
        const Mixin = (Base: new () => object) => {
          class Mixed extends Base {
            @Get('/list')
            @JwtRequired(admin)
            list() {
              return {};
            }
          }
          return Mixed;
        };
        @JsonController('/way')
        class Concrete extends Mixin(Object) {}
        return Concrete;
      },
      forAdmins,
    ],
    [
      'a class decorator that replaces the class',
      () => {
        @JsonController('/way')
        @Replaced
        @JwtRequired(admin)
        class Concrete {
          @Get('/list')
          list() {
            return {};
          }
        }
        return Concrete;
      },
      forAdmins,
    ],
    [
      'a method decorator that replaces the method',
      () => {
        const Wrapped: MethodDecorator = (_, __, descriptor) => {
          const method = descriptor.value as unknown as () => unknown;
          descriptor.value = function (this: unknown) {
            return method.call(this);
          } as never;
        };
        @JsonController('/way')
        class Concrete {
          @Wrapped
          @Get('/list')
          @JwtRequired(admin)
          @Wrapped
          list() {
            return {};
          }
        }
        return Concrete;
      },
      forAdmins,
    ],
    [
      'a class that is decorated after it was made',
      () => {
        class Concrete {
          list() {
            return {};
          }
        }
        apply(JwtRequired(admin), Concrete);
        apply(Get('/list'), Concrete.prototype, 'list');
        apply(JsonController('/way'), Concrete);
        return Concrete;
      },
      forAdmins,
    ],
    [
      'a method that is redecorated with another path',
      () => {
        class Base {
          @Get('/old')
          @JwtRequired(admin)
          list() {
            return {};
          }
        }
        @JsonController('/way')
        class Concrete extends Base {
          @Get('/list')
          override list() {
            return {};
          }
        }
        return Concrete;
      },
      forAdmins,
    ],
  ];

  for (const [name, makeController, answers] of ways) {
    it(`keep their protection: ${name}`, () =>
      expectProtection([makeController()], { '/way/list': answers }));
  }

  it('keep their protection when they are made after the checker and after another server', async () => {
    const authorizationChecker = createAuthorizationChecker(testManager());
    const early = await startWith(ways.slice(0, 1).map(([, makeController]) => makeController()));
    class LateBase {
      @Get('/list')
      @JwtRequired(admin)
      list() {
        return {};
      }
    }
    @JsonController('/late')
    class Late extends LateBase {}
    const app = await startApp({ controllers: [Late], authorizationChecker });
    expect(await answersOf(app, '/late/list')).to.deep.equal(forAdmins);
    await Promise.all([early.close(), app.close()]);
  });

  it('keep their protection when the checker is made after the server', async () => {
    @JsonController('/before')
    class Before extends crud(JwtRequired(admin)) {}
    const made: { check?: ReturnType<typeof createAuthorizationChecker> } = {};
    const app = await startApp({
      controllers: [Before],
      authorizationChecker: (action, roles) => made.check?.(action, roles) ?? false,
    });
    made.check = createAuthorizationChecker(testManager());
    expect(await answersOf(app, '/before/list')).to.deep.equal(forAdmins);
    await app.close();
  });

  it('keep their protection when no controllers are named and the host takes all that are loaded', async () => {
    const storage = getMetadataArgsStorage();
    const { controllers } = storage;
    storage.controllers = [];
    @JsonController('/all')
    class All extends crud(JwtRequired(admin)) {}
    const app = await startApp({ authorizationChecker: createAuthorizationChecker(testManager()) });
    storage.controllers = controllers;
    expect(await answersOf(app, '/all/list')).to.deep.equal(forAdmins);
    expect(All).to.be.a('function');
    await app.close();
  });
});
