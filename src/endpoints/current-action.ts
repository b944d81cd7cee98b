import { createParamDecorator, type Action } from 'routing-controllers';

/** Hands the action of routing-controllers to a parameter, whichever framework it has. */
export function CurrentAction(): ParameterDecorator {
  return createParamDecorator({ value: (action: Action) => action }) as ParameterDecorator;
}
