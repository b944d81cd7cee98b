import type { ActionMetadata, BaseDriver } from 'routing-controllers';
import { ConfigurationError } from '../../errors/errors';
import { Token } from '../../token/token';
import { designTypes } from './design-types';
import { lineage, routeName } from '../rules/lineage';
import { isTokenParameter } from '../checker/token-parameter';

type Parameter = ActionMetadata['params'][number];

/**
 * Compares the parameters of a method with the types that the compiler wrote down.
 *
 * @throws {@link ConfigurationError} when a `Token` would not be handed over, or something else would be in its place
 */
export function checkTokenTypes({ target, method, params }: ActionMetadata): void {
  const owner = [...lineage(target)].find(({ prototype }) => Object.hasOwn(prototype as object, method));
  const types = owner && designTypes(owner, method);
  types?.forEach((type, index) => {
    const parameter = params.find((param) => param.index === index);
    const isInjected = parameter !== undefined && isTokenParameter(parameter);
    if (isInjected && !canBeToken(type)) {
      throw new ConfigurationError(
        `${routeName(target, method)}: @InjectToken() hands over a Token, but the parameter is a ${(type as Function).name}: ` +
          'declare it as Token, and read identity or claims from it',
      );
    }
    if (type === Token && !isInjected && parameter?.type !== 'custom-converter') {
      throw new ConfigurationError(
        `${routeName(target, method)} takes a Token that nobody hands over: write @InjectToken() before the parameter`,
      );
    }
  });
}

/** Interfaces, unions and `unknown` are written down as Object, a class behind `import type` as Function. */
function canBeToken(type: unknown): boolean {
  return [undefined, Object, Function, Token].includes(type as undefined);
}

/**
 * Which parameters of a method reach it unvalidated because the compiler did not write down their class.
 *
 * @throws {@link ConfigurationError} when it wrote down nothing at all, or cannot because of `import type`
 */
export function unvalidatedBodies(driver: BaseDriver, { target, method, params }: ActionMetadata): string[] {
  const unknown = params.filter((param) => isValidated(driver, param) && !hasClass(param));
  if (unknown.some(({ targetType }) => targetType === Function)) {
    throw new ConfigurationError(
      `${routeName(target, method)}: its @Body() would not be validated, because its class is imported with 'import type': ` +
        "import it without 'type'",
    );
  }
  if (unknown.some((param) => !designTypes(param.target as Function, method))) {
    throw new ConfigurationError(
      `${routeName(target, method)}: its @Body() would not be validated, because there is no decorator metadata. Import ` +
        "'reflect-metadata' first of all, and compile with emitDecoratorMetadata (tsx and esbuild cannot; swc and vitest " +
        'need the option), or write @Body({ type: TheClass }) or @Body({ validate: false })',
    );
  }
  return unknown.length > 0 ? [routeName(target, method)] : [];
}

function isValidated({ enableValidation }: BaseDriver, { type, validate }: Parameter): boolean {
  return type === 'body' && validate !== false && (enableValidation || validate !== undefined);
}

function hasClass({ targetType }: Parameter): boolean {
  const type: unknown = targetType;
  return ![undefined, Object, Function, Array].includes(type as undefined);
}
