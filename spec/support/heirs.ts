import { JsonController } from 'routing-controllers';
import { apply } from './untyped';

type Route = new () => { route(): object };

/** A controller that has all it has from its base class; the decorators stand on it, the first one uppermost. */
export function heirOf(Base: new () => object, ...decorators: Function[]): Function {
  class Sub extends Base {}
  return asController(Sub, decorators);
}

/** The same with the method `route` written again, under a decorator of its own. */
export function overriding(Base: Route, onMethod: Function, ...decorators: Function[]): Function {
  class Sub extends Base {
    override route() {
      return {};
    }
  }
  apply(onMethod, Sub.prototype, 'route', Object.getOwnPropertyDescriptor(Sub.prototype, 'route'));
  return asController(Sub, decorators);
}

function asController(controller: Function, decorators: readonly Function[]): Function {
  for (const decorate of [...decorators].reverse()) apply(decorate, controller);
  JsonController()(controller);
  return controller;
}
