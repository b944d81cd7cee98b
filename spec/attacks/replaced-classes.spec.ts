import { expect } from 'chai';
import { Authorized, Get, getMetadataArgsStorage, JsonController } from 'routing-controllers';
import { ConfigurationError, createAuthorizationChecker, JwtRequired } from '../../src';
import { describeOnDrivers, request, startApp } from '../support/app';
import { isFull } from '../support/full';
import { testManager } from '../support/manager';
import { apply } from '../support/untyped';

type Class = new () => object;

/** Class decorators that put another class in place of the one they decorate. */
const wrappers: Readonly<Record<string, (target: Class) => Class>> = {
  'a subclass': (target) => class extends target {},
  'a subclass of a subclass': (target) => class extends (class extends target {} as Class) {},
  'a subclass of the same name': (target) =>
    Object.defineProperty(class extends target {}, 'name', { value: target.name }),
  'a subclass with a method of its own': (target) =>
    class extends target {
      route() {
        return { wrapped: true };
      }
    },
  'a Proxy': (target) => new Proxy(target, {}),
  nothing: (target) => target,
};

const orders = [
  'J R W',
  'R J W',
  'J W R',
  'W J R',
  'R W J',
  'W R J',
  ...(isFull ? ['J R W J', 'R J W J', 'J W R J', 'J W J R'] : []),
];
const rules: Readonly<Record<string, () => Function>> = {
  '@JwtRequired': () => JwtRequired({ roles: 'admin' }),
  '@Authorized': () => Authorized('admin'),
};

describeOnDrivers('G7: a class decorator that replaces the class', (driver) => {
  const storage = getMetadataArgsStorage();
  const { controllers } = storage;

  beforeEach(() => {
    storage.controllers = [];
  });

  afterEach(() => {
    storage.controllers = controllers;
  });

  /** Decorates with J (@JsonController), R (the rule) and W (the wrapper), the first one uppermost. */
  function make(order: string, wrap: (target: Class) => Class, rule: () => Function): Function {
    class Wrapped {
      route() {
        return {};
      }
    }
    apply(Get('/route'), Wrapped.prototype, 'route');
    const steps: Readonly<Record<string, (target: Class) => Class>> = {
      J: (target) => (JsonController('/wrapped')(target), target),
      R: (target) => (apply(rule(), target), target),
      W: wrap,
    };
    return order
      .split(' ')
      .reduceRight<Class>((target, step) => (steps[step] as typeof wrap)(target), Wrapped);
  }

  async function outcome(named: Function[] | undefined): Promise<string> {
    const authorizationChecker = createAuthorizationChecker(testManager());
    try {
      const app = await startApp({ authorizationChecker, ...(named && { controllers: named }) });
      const { status } = await request(`${app.url}/wrapped/route`);
      await app.close();
      return String(status);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigurationError);
      return 'no start';
    }
  }

  const all = Object.entries(wrappers);
  for (const [ruleName, rule] of Object.entries(rules)) {
    for (const [wrapperName, wrap] of isFull || driver === 'koa' ? all : all.slice(0, 1)) {
      for (const order of orders) {
        it(`never opens a route: ${order}, R is ${ruleName}, W returns ${wrapperName}`, async () => {
          for (const isNamed of [true, false]) {
            storage.controllers = [];
            const made = make(order, wrap, rule);
            // 404 where routing-controllers finds no route for the class that is named.
            expect(await outcome(isNamed ? [made] : undefined)).to.be.oneOf(['401', '404', 'no start']);
          }
        });
      }
    }
  }

  it('says what to do', async () => {
    make('R W J', wrappers['a subclass'] as (target: Class) => Class, () => JwtRequired());
    const error = await startApp({ authorizationChecker: createAuthorizationChecker(testManager()) }).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as Error).message).to.equal(
      'Wrapped: a class decorator above @JsonController replaces the class, and a rule on the replacement would be lost: ' +
        'write @JsonController at the top',
    );
  });

  it('is warned of where the other class has nothing to do with the first, once', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const composed: (target: Class) => Class = (target) =>
      class Composed {
        readonly inner = new target();
      };
    for (const order of ['R W J', 'R W J', 'W J R', 'W R J']) {
      storage.controllers = [];
      make(order, composed, () => JwtRequired());
      await outcome(undefined);
      await outcome(undefined);
    }
    process.off('warning', note);
    const message =
      'Composed: the rule on this class has no effect, because no controller is or extends this class. If a class ' +
      'decorator has returned it in place of a controller, write @JsonController at the top';
    expect(warnings.map(({ name, message }) => [name, message])).to.deep.equal([
      ['JwtRoutesWarning', message],
      ['JwtRoutesWarning', message],
    ]);
  });

  it('leaves protected what is protected', async () => {
    for (const order of ['J R W', 'R J W', 'J W R', 'W J R', 'W R J']) {
      storage.controllers = [];
      make(order, wrappers['a subclass'] as (target: Class) => Class, () => JwtRequired());
      expect(await outcome(undefined), order).to.equal('401');
    }
  });

  it('is none of our business where nothing of ours is on the class', async () => {
    make('R W J', wrappers['a subclass'] as (target: Class) => Class, () => Authorized());
    const app = await startApp({ authorizationChecker: () => false });
    expect(await request(`${app.url}/wrapped/route`)).to.include({ status: 200 });
    await app.close();
  });
});
