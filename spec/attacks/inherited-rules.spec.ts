import { expect } from 'chai';
import { Authorized, Get, getMetadataArgsStorage, JsonController } from 'routing-controllers';
import { describeRoutes, JwtOptional, JwtPublic, JwtRequired } from '../../src';
import { describeOnDrivers, getWith, startApp } from '../support/app';
import { heirOf, overriding } from '../support/heirs';
import {
  expectProtection,
  forAdmins,
  forUsers,
  open,
  refusalToStart,
  startWith,
  type Answers,
} from '../support/protection';
import { apply } from '../support/untyped';

const admin = { roles: 'admin' };

describeOnDrivers("G7: a rule of ours and the host's @Authorized in one line of classes", () => {
  class ByHost {
    @Get('/route')
    @Authorized('admin')
    route(): object {
      return {};
    }
  }

  class ByUs {
    @Get('/route')
    @JwtRequired(admin)
    route(): object {
      return {};
    }
  }

  class Bare {
    @Get('/route')
    route(): object {
      return {};
    }
  }

  class OptionalMethod {
    @Get('/route')
    @JwtOptional()
    route(): object {
      return {};
    }
  }

  @Authorized('admin')
  class ClassByHost extends Bare {
    @Get('/route')
    override route() {
      return {};
    }
  }

  @JwtRequired(admin)
  class ClassByUs {
    @Get('/route')
    route(): object {
      return {};
    }
  }

  @Authorized('admin')
  class ClassAndMethod {
    @Get('/route')
    @Authorized()
    route(): object {
      return {};
    }
  }

  const cases: [name: string, makeController: () => Function][] = [
    [
      "the host's on the class does not hide the host's on the base's method",
      () => heirOf(ByHost, Authorized()),
    ],
    ["the host's on the class does not hide ours on the base's method", () => heirOf(ByUs, Authorized())],
    ["the host's on the class does not hide ours on the base class", () => heirOf(ClassByUs, Authorized())],
    [
      "ours on the class does not hide the host's on the base class",
      () => heirOf(ClassByHost, JwtRequired()),
    ],
    ["ours on the class does not hide the host's on the base's method", () => heirOf(ByHost, JwtRequired())],
    [
      "the host's on an override does not hide ours on the base's method",
      () => overriding(ByUs, Authorized()),
    ],
    [
      "ours on an override does not hide the host's on the base's method",
      () => overriding(ByHost, JwtRequired()),
    ],
    [
      "the host's on a method does not hide the host's on the class when both are inherited",
      () => heirOf(ClassAndMethod),
    ],
    [
      'a class between without a word changes nothing',
      () => {
        class Between extends ByHost {}
        @JsonController()
        @Authorized()
        class Sub extends Between {}
        return Sub;
      },
    ],
    [
      "a stack of the host's counts as a whole, the upper one, too",
      () => {
        @JsonController()
        class Stacked {
          @Get('/route')
          @Authorized('admin')
          @Authorized()
          route() {
            return {};
          }
        }
        return Stacked;
      },
    ],
    [
      "a stack of the host's counts as a whole on a class",
      () => {
        @JsonController()
        @Authorized('admin')
        @Authorized()
        class Stacked {
          @Get('/route')
          route() {
            return {};
          }
        }
        return Stacked;
      },
    ],
    [
      "a stack of the host's and ours counts as a whole on a class",
      () => {
        @JsonController()
        @JwtRequired()
        @Authorized('admin')
        @Authorized()
        class Stacked {
          @Get('/route')
          route() {
            return {};
          }
        }
        return Stacked;
      },
    ],
    [
      'a stack counts as a whole when it is inherited',
      () => {
        class Stacked {
          @Get('/route')
          @Authorized('admin')
          @JwtRequired()
          @Authorized()
          route() {
            return {};
          }
        }
        @JsonController()
        class Sub extends Stacked {}
        return Sub;
      },
    ],
  ];

  for (const [name, makeController] of cases) {
    it(name, () => expectProtection([makeController()], { '/route': forAdmins }));
  }

  it('is described as it is enforced', async () => {
    for (const [, makeController] of cases) {
      const controller = makeController();
      const app = await startWith([controller]);
      await app.close();
      const { controllers } = getMetadataArgsStorage();
      getMetadataArgsStorage().controllers = controllers.filter(({ target }) => target === controller);
      const [route] = describeRoutes();
      getMetadataArgsStorage().controllers = controllers;
      expect(JSON.stringify(route?.requirement)).to.include('admin');
    }
  });

  const opened: [name: string, makeController: () => Function, answers: Answers][] = [
    [
      "an open override leaves the host's on the base's method behind",
      () => overriding(ByHost, JwtPublic()),
      open,
    ],
    [
      "an open override leaves the host's on its class behind",
      () => overriding(ByHost, JwtPublic(), Authorized('admin')),
      open,
    ],
    [
      'an open class leaves the rule of its base class behind',
      () => {
        class Base extends Bare {}
        JwtRequired(admin)(Base);
        @JsonController()
        @JwtPublic()
        class Sub extends Base {}
        return Sub;
      },
      open,
    ],
    [
      "an open class leaves the host's on its base class behind",
      () => {
        @Authorized('admin')
        class Base extends Bare {}
        @JsonController()
        @JwtPublic()
        class Sub extends Base {}
        return Sub;
      },
      open,
    ],
    ["a rule of ours replaces ours on the base's method", () => overriding(ByUs, JwtRequired()), forUsers],
    [
      'a rule of ours replaces ours on the base class',
      () => {
        class Base extends Bare {}
        JwtRequired(admin)(Base);
        @JsonController()
        @JwtRequired()
        class Sub extends Base {}
        return Sub;
      },
      forUsers,
    ],
    [
      'a closed class between keeps its base class open no longer',
      () => {
        class Base extends Bare {}
        JwtPublic()(Base);
        class Between extends Base {}
        JwtRequired(admin)(Between);
        @JsonController()
        class Sub extends Between {}
        return Sub;
      },
      forAdmins,
    ],
    ["the host's replaces the host's", () => overriding(ByHost, Authorized()), forUsers],
    [
      "an open class over the base's open method is open",
      () => {
        class Base extends Bare {}
        JwtPublic()(Base.prototype, 'route');
        @JsonController()
        @JwtPublic()
        class Sub extends Base {}
        return Sub;
      },
      open,
    ],
    [
      "an optional class over the base's closed method is closed",
      () => heirOf(ByUs, JwtOptional()),
      forAdmins,
    ],
    [
      "a closed class over the base's optional method is closed",
      () => heirOf(OptionalMethod, JwtRequired()),
      forUsers,
    ],
    [
      "an optional class over the base's optional method is optional",
      () => heirOf(OptionalMethod, JwtOptional(admin)),
      [200, 403, 200],
    ],
    [
      "the host's over the base's optional method is closed",
      () => heirOf(OptionalMethod, Authorized()),
      forUsers,
    ],
    [
      "the host's over the host's, both without roles, wants a token",
      () => {
        class Base extends Bare {}
        apply(Authorized(), Base.prototype, 'route');
        @JsonController()
        @Authorized()
        class Sub extends Base {}
        return Sub;
      },
      forUsers,
    ],
    [
      'nothing is protected by a rule on another method',
      () => {
        @JsonController()
        class Sub extends Bare {
          @Get('/other')
          @JwtRequired()
          other() {
            return {};
          }
        }
        return Sub;
      },
      open,
    ],
  ];

  for (const [name, makeController, answers] of opened) {
    it(`${name}, which is what the developer wrote`, () =>
      expectProtection([makeController()], { '/route': answers }));
  }

  it('refuses to start where an open rule and a closed one meet and neither is nearer', async () => {
    @JsonController()
    @JwtPublic()
    class OpenOverHost extends ByHost {}
    @JsonController()
    @JwtPublic()
    class OpenOverUs extends ByUs {}
    @JsonController()
    @Authorized()
    @JwtPublic()
    class Both extends Bare {}
    for (const controller of [OpenOverHost, OpenOverUs, Both]) {
      expect(await refusalToStart([controller])).to.include('@JwtPublic meets a rule that demands a token');
    }
  });

  it('hands @Authorized to another checker as routing-controllers alone does, which inherits nothing', async () => {
    const policy = (name: string) => ({ policy: name }) as unknown as string;
    class Base {
      @Get('/method')
      @Authorized(policy('method'))
      method() {
        return {};
      }

      @Get('/bare')
      bare() {
        return {};
      }

      @Get('/any')
      @Authorized()
      any() {
        return {};
      }
    }
    @Authorized(policy('base'))
    class Between extends Base {}
    @JsonController('/own')
    @Authorized(policy('own'))
    class Own extends Between {
      @Get('/mine')
      @Authorized('mine')
      mine() {
        return {};
      }
    }
    @JsonController('/heir')
    class Heir extends Between {}

    const seen: unknown[] = [];
    const app = await startApp({
      controllers: [Own, Heir],
      authorizationChecker: (_, roles) => seen.push(roles) > 0,
    });
    const rolesFor = async (path: string) => {
      await getWith(app.url + path, 'x');
      return seen.pop();
    };
    const own = policy('own');
    expect(await rolesFor('/own/mine')).to.deep.equal([own, 'mine']);
    expect(await rolesFor('/own/bare')).to.deep.equal([own]);
    expect(await rolesFor('/own/method')).to.deep.equal([own]);
    expect(await rolesFor('/own/any')).to.deep.equal([own]);
    for (const path of ['/heir/any', '/heir/bare', '/heir/method'])
      expect(await rolesFor(path)).to.equal(undefined);
    await app.close();
  });
});
