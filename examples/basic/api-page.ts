import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import { routingControllersToSpec } from 'routing-controllers-openapi';
import { addSecurity, openApiStorage } from 'routing-controllers-jwt/openapi';
import { staticFiles } from '../static-files';
import { authorizationChecker } from './authorization-checker';
import { LoginController } from './login.controller';

const schemas = validationMetadatasToSchemas({ refPointerPrefix: '#/components/schemas/' });

const document = addSecurity(
  routingControllersToSpec(
    openApiStorage([LoginController]),
    {},
    {
      info: {
        title: 'Basic example',
        version: '1.0.0',
        license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        schemas: {
          ...schemas,
          LoginDto: { ...schemas['LoginDto'], example: { username: 'test', password: 'test' } },
        },
      },
    },
  ),
  authorizationChecker,
);

/** Compiled, this file is in `dist/examples/basic`; tsc leaves the page where it is. */
const folder = join(__dirname, '../../../examples/basic/public');

/** Serves the page `/docs`, on which the API can be tried. */
export const apiPage = staticFiles({
  '/docs': join(folder, 'docs.html'),
  '/docs.js': join(folder, 'docs.js'),
  '/swagger-ui.css': require.resolve('swagger-ui-dist/swagger-ui.css'),
  '/swagger-ui-bundle.js': require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
});

/** Serves the document of the API. */
export const apiDocument: Middleware = (context, next) => {
  if (context.path !== '/openapi.json') return next();
  context.body = document;
  return undefined;
};
