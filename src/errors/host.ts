import type { HttpError as HostHttpError } from 'routing-controllers';

/**
 * The `HttpError` of routing-controllers, the same class as `import { HttpError } from 'routing-controllers'` gives, without
 * the 440 modules of the whole package: the stores and command-line tools throw errors and have no controllers.
 */
export const { HttpError } = require('routing-controllers/cjs/http-error/HttpError') as {
  readonly HttpError: typeof HostHttpError;
};
