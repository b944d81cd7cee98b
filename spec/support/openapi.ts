import type { AuthorizationChecker, RoutingControllersOptions } from 'routing-controllers';
import { routingControllersToSpec } from 'routing-controllers-openapi';
import { addSecurity, openApiStorage } from '../../src/openapi';

type Security = Readonly<Record<string, string[]>>[];

/** What the specs read of an operation. */
export interface DescribedOperation {
  readonly description?: string;
  readonly security?: Security;
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly description: string }>>;
}

/** What the specs read of a document. */
export interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

/** Describes some controllers of the process, as an application does. */
export function describeControllers(
  controllers: readonly Function[],
  authorizationChecker: AuthorizationChecker,
  options: RoutingControllersOptions = {},
  more: object = {},
): Description {
  const document = routingControllersToSpec(openApiStorage(controllers), options, {
    info: { title: 'API', version: '1.0.0', license: { name: 'MIT', url: 'https://example.com/licence' } },
    servers: [{ url: 'https://api.example.test' }],
    ...more,
  });
  return addSecurity(document, authorizationChecker) as unknown as Description;
}

/** A string to the compiler, which would take seconds for the types of this package. */
const linter: string = '@redocly/openapi-core';

/** What the specs call of it. */
interface Linter {
  readonly createConfig: (config: object) => Promise<object>;
  readonly lintFromString: (options: { source: string; config: object }) => Promise<Finding[]>;
}

interface Finding {
  readonly ruleId: string;
  readonly message: string;
  readonly location: readonly { readonly pointer?: string }[];
}

/** What an independent validator and linter finds in a document, warnings included. */
export async function findingsIn(document: object): Promise<string[]> {
  const { createConfig, lintFromString } = (await import(linter)) as Linter;
  // Which errors a public operation has, only its application knows.
  const rules = { 'operation-4xx-response': 'off' } as const;
  const config = await createConfig({ extends: ['recommended'], rules });
  const found = await lintFromString({ source: JSON.stringify(document), config });
  return found.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} (${String(location[0]?.pointer)})`,
  );
}
