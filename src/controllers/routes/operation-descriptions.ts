import { lineage } from '../rules/lineage';

/** An object of an OpenAPI document. */
type Part = Readonly<Record<string, unknown>>;

/** What the decorators of a ready endpoint do not say about it in an OpenAPI document. */
export interface OperationDescription {
  readonly requestBody?: Part;
  /** The responses but those of an error of this library. */
  readonly responses: Part;
  /** The errors of this library by status, in words. */
  readonly errors?: Readonly<Record<string, string>>;
  /** How clients authenticate themselves if not with a token: a name and a security scheme. */
  readonly clients?: { readonly name: string; readonly scheme: Part };
}

/** Descriptions by the name of a method. */
export type OperationDescriptions = Readonly<Record<string, OperationDescription>>;

const descriptions = new WeakMap<Function, OperationDescriptions>();

/** Describes the methods of a controller. */
export function describeOperations(target: Function, described: OperationDescriptions): void {
  descriptions.set(target, described);
}

/** The description of a method, unless a subclass has replaced it. */
export function operationDescriptionOf(target: Function, method: string): OperationDescription | undefined {
  const owner = [...lineage(target)].find(
    (link) => descriptions.has(link) || Object.hasOwn(link.prototype as object, method),
  );
  return owner && descriptions.get(owner)?.[method];
}
