import type { Operation, Part } from './document';
import type { DocumentedRoute } from './documented-routes';
import { contentOf } from './error-responses';

/** What routing-controllers-openapi writes if no one has described a response. */
const placeholder = 'Successful response';

/** Completes the operation of a ready endpoint. What the application has described stays. */
export function described(operation: Operation, { description, isJson }: DocumentedRoute): Operation {
  if (!description) return operation;
  const { requestBody, responses, errors = {} } = description;
  const rejections = Object.entries(errors).map(([status, text]): [string, unknown] => [
    status,
    { description: text, content: contentOf(isJson) },
  ]);
  const own = Object.entries({ ...operation.responses }).filter(
    ([, response]) => (response as Part)['description'] !== placeholder,
  );
  const all: Part = { ...responses, ...Object.fromEntries<unknown>([...rejections, ...own]) };
  if (!requestBody) return { ...operation, responses: all };
  const given = operation['requestBody'] as Part | undefined;
  return { ...operation, requestBody: { ...given, ...requestBody }, responses: all };
}
