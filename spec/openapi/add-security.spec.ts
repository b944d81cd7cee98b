import { expect } from 'chai';
import {
  Authorized,
  Controller,
  Delete,
  Get,
  JsonController,
  Post,
  UseBefore,
  type AuthorizationChecker,
} from 'routing-controllers';
import { OpenAPI, routingControllersToSpec } from 'routing-controllers-openapi';
import {
  BearerHeader,
  BodyField,
  ConfigurationError,
  createAuthorizationChecker,
  createJwtMiddleware,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  QueryParameter,
  TokenCookies,
} from '../../src';
import { addSecurity, openApiStorage } from '../../src/openapi';
import { otherSecret, testManager } from '../support/manager';
import {
  describeControllers,
  findingsIn,
  type DescribedOperation,
  type Description,
} from '../support/openapi';

const bearer = new BearerHeader();

@JsonController('/described-notes')
class DocumentedNotes {
  @Get()
  @JwtRequired()
  list() {
    return [];
  }

  @Get('/public')
  @JwtPublic()
  open() {
    return [];
  }

  @Get('/unsaid')
  unsaid() {
    return [];
  }

  @Get('/guest')
  @JwtOptional()
  guest() {
    return [];
  }

  @Get('/:id([0-9]+)')
  @JwtRequired({ scopes: 'notes:read notes:list' })
  read() {
    return {};
  }

  @Post()
  @JwtRequired({ scopes: { any: ['notes:write', 'notes:admin'] }, fresh: '5m' })
  @OpenAPI({
    description: 'Adds a note.',
    operationId: 'addNote',
    responses: { 403: { description: 'Not yours.' } },
  })
  add() {
    return {};
  }

  @Delete('/:id')
  @JwtRequired({ roles: ['admin', 'owner'] })
  remove() {
    return {};
  }

  @Post('/refresh')
  @JwtRefreshRequired()
  refresh() {
    return {};
  }

  @Post('/refresh-by-body')
  @JwtRefreshRequired({ locations: [new BodyField()] })
  refreshByBody() {
    return {};
  }

  @Get('/any')
  @JwtRequired({ type: 'any', locations: [bearer, new QueryParameter('jwt')] })
  any() {
    return {};
  }

  @Get('/download')
  @JwtRequired({ ticket: 'download' })
  download() {
    return {};
  }

  @Get('/listed')
  @JwtRequired({ scopes: ['a', 'b'] })
  listed() {
    return {};
  }

  @Get('/unscoped')
  @JwtRequired({ scopes: false })
  unscoped() {
    return {};
  }

  @Get('/authorized')
  @Authorized('admin')
  authorized() {
    return {};
  }
}

@Controller('/page')
class PageController {
  @Get()
  @JwtRequired({ fresh: true })
  read() {
    return '';
  }
}

@JsonController('/admin')
class AdminController {
  @Get('/described-notes')
  @JwtRequired({ manager: 'admin area' })
  list() {
    return [];
  }
}

const checker = createAuthorizationChecker(testManager());

function operation(document: Description, method: string, path: string): DescribedOperation {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`no operation ${method} ${path}`);
  return found;
}

/** OpenAPI has no scheme for a token in the body. */
const expectedFindings = [
  'security-defined: Every operation should have security defined on it or on the root level. (#/paths/~1described-notes~1refresh-by-body/post)',
];

describe('addSecurity', () => {
  const document = describeControllers([DocumentedNotes, PageController], checker);
  const newer = describeControllers([DocumentedNotes], checker, {}, { openapi: '3.1.0' });

  const table: [method: string, path: string, security: object[], requires?: string][] = [
    ['get', '/described-notes', [{ bearer: [] }], 'access'],
    ['get', '/described-notes/public', []],
    ['get', '/described-notes/unsaid', []],
    ['get', '/described-notes/guest', [{ bearer: [] }, {}], 'access, optional'],
    ['get', '/described-notes/{id}', [{ bearer: [] }], 'access, scopes: notes:read notes:list'],
    ['delete', '/described-notes/{id}', [{ bearer: [] }], 'access, roles: admin or owner'],
    ['post', '/described-notes/refresh', [{ 'bearer.refresh': [] }], 'refresh'],
    [
      'get',
      '/described-notes/any',
      [{ bearer: [] }, { 'query.jwt': [] }, { 'bearer.refresh': [] }, { 'query.jwt.refresh': [] }],
      "access or refresh, in: Authorization Header or query parameter 'jwt'",
    ],
    ['get', '/described-notes/authorized', [{ bearer: [] }], 'access, roles: admin'],
    ['get', '/page', [{ bearer: [] }], 'access, fresh'],
  ];
  for (const [method, path, security, requires] of table) {
    it(`describes ${method.toUpperCase()} ${path}`, () => {
      const found = operation(document, method, path);
      expect(found.security).to.deep.equal(security);
      expect(found.description).to.equal(requires === undefined ? undefined : `Requires: ${requires}`);
      expect('401' in found.responses).to.equal(security.length > 0);
    });
  }

  it('describes what middleware of this library demands where the method has no rule', () => {
    const checker = createAuthorizationChecker(testManager());
    const middleware = createJwtMiddleware(checker, { scopes: 'uploads:write' });

    @JsonController('/described-uploads')
    class DescribedUploads {
      @Post('/photo')
      @UseBefore(middleware)
      photo() {}

      @Post('/public')
      @JwtPublic()
      @UseBefore(createJwtMiddleware(checker, { optional: true }), middleware)
      public() {}

      @Post('/guest')
      @UseBefore(createJwtMiddleware(checker, { optional: true }))
      guest() {}
    }
    const { paths } = describeControllers([DescribedUploads], checker);
    const seen = ['photo', 'public', 'guest'].map((name) => {
      const { description, security } = paths[`/described-uploads/${name}`]?.['post'] ?? {};
      return { description, security };
    });
    const closed = { description: 'Requires: access, scopes: uploads:write', security: [{ bearer: [] }] };
    const guests = { description: 'Requires: access, optional', security: [{ bearer: [] }, {}] };
    expect(seen).to.have.deep.members([closed, closed, guests]);
  });

  it('keeps what the application says of an operation', () => {
    const found = operation(document, 'post', '/described-notes');
    expect(found.description).to.equal(
      'Adds a note.\n\nRequires: access, scopes: notes:write or notes:admin, fresh: 5m',
    );
    expect(found.responses['403']).to.deep.equal({ description: 'Not yours.' });
    expect(found.responses).to.have.all.keys('200', '401', '403');
  });

  it('has no scheme for a token in the body', () => {
    const found = operation(document, 'post', '/described-notes/refresh-by-body');
    expect(found).to.not.have.property('security');
    expect(found.responses).to.have.all.keys('200', '401');
    expect(found.description).to.match(/^Requires: refresh, in: body field/);
  });

  it('names scopes in the security of OpenAPI 3.1, each list enough by itself', () => {
    expect(operation(newer, 'get', '/described-notes/{id}').security).to.deep.equal([
      { bearer: ['notes:read', 'notes:list'] },
    ]);
    expect(operation(newer, 'get', '/described-notes/listed').security).to.deep.equal([
      { bearer: ['a', 'b'] },
    ]);
    expect(operation(newer, 'post', '/described-notes').security).to.deep.equal([
      { bearer: ['notes:write'] },
      { bearer: ['notes:admin'] },
    ]);
    for (const path of ['/described-notes', '/described-notes/unscoped'])
      expect(operation(newer, 'get', path).security).to.deep.equal([{ bearer: [] }]);
  });

  it('says 403 only where a request can be rejected with it', () => {
    const rejected = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        '403' in responses ? [`${method} ${path}`] : [],
      ),
    );
    expect(rejected).to.have.members([
      'get /described-notes/{id}',
      'get /described-notes/download',
      'get /described-notes/listed',
      'post /described-notes',
      'delete /described-notes/{id}',
      'get /described-notes/authorized',
    ]);
  });

  it('describes each scheme', () => {
    expect(document.components.securitySchemes).to.deep.equal({
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token.' },
      'bearer.refresh': {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'The refresh token.',
      },
      'bearer.ticket': { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The ticket.' },
      'query.jwt': { type: 'apiKey', in: 'query', name: 'jwt', description: 'The access token.' },
      'query.jwt.refresh': { type: 'apiKey', in: 'query', name: 'jwt', description: 'The refresh token.' },
    });
  });

  it('has errors of the form that the controller sends', () => {
    expect(operation(document, 'get', '/described-notes').responses['401']?.content).to.deep.equal({
      'application/json': { schema: { $ref: '#/components/schemas/JwtError' } },
    });
    expect(operation(document, 'get', '/page').responses['401']?.content).to.deep.equal({
      'text/plain': { schema: { type: 'string' } },
    });
  });

  it('says nothing that a validator and linter objects to, in 3.0 and in 3.1', async () => {
    expect(await findingsIn(document)).to.deep.equal(expectedFindings);
    expect(await findingsIn(newer)).to.deep.equal(expectedFindings);
    expect(await findingsIn({ ...document, paths: { '/x': { get: { security: [{ none: [] }] } } } })).to.not
      .be.empty;
  });

  describe('with cookies', () => {
    const locations = [bearer, new TokenCookies()];
    const described = describeControllers(
      [DocumentedNotes],
      createAuthorizationChecker(testManager(), { locations }),
    );

    it('says that no cookie has a ticket', () => {
      expect(operation(described, 'get', '/described-notes/download').security).to.deep.equal([
        { 'bearer.ticket': [] },
      ]);
    });

    it('asks for the CSRF value with methods that need it', () => {
      expect(operation(described, 'get', '/described-notes').security).to.deep.equal([
        { bearer: [] },
        { 'cookie.__Host-access_token': [] },
      ]);
      expect(operation(described, 'delete', '/described-notes/{id}').security).to.deep.equal([
        { bearer: [] },
        { 'cookie.__Host-access_token': [], 'csrf.X-CSRF-Token': [] },
      ]);
      expect(operation(described, 'post', '/described-notes/refresh').security).to.deep.equal([
        { 'bearer.refresh': [] },
        { 'cookie.__Host-refresh_token.refresh': [], 'csrf.X-CSRF-Token': [] },
      ]);
      expect(operation(described, 'post', '/described-notes/refresh').responses).to.include.keys('403');
      expect(described.components.securitySchemes).to.deep.include({
        'cookie.__Host-access_token': {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-access_token',
          description: 'The access token.',
        },
        'csrf.X-CSRF-Token': {
          type: 'apiKey',
          in: 'header',
          name: 'X-CSRF-Token',
          description: 'The CSRF value of the login: the value of its CSRF cookie.',
        },
      });
    });

    it('is valid', async () => {
      expect(await findingsIn(described)).to.deep.equal(expectedFindings);
    });
  });

  it('names the manager of a route, with characters that a name may have', () => {
    const managers = { default: testManager(), 'admin area': testManager({ secret: otherSecret }) };
    const described = describeControllers(
      [AdminController, PageController],
      createAuthorizationChecker(managers),
    );
    expect(operation(described, 'get', '/admin/described-notes').security).to.deep.equal([
      { 'bearer.admin_area': [] },
    ]);
    expect(operation(described, 'get', '/page').security).to.deep.equal([{ bearer: [] }]);
    expect(described.components.securitySchemes['bearer.admin_area']).to.include({
      description: "The access token of 'admin area'.",
    });
  });

  it('takes the shorter of two routePrefixes that a path may have', () => {
    @JsonController('/described-twice')
    class Twice {
      @Get()
      open() {
        return [];
      }

      @Get('/described-twice')
      @JwtRequired()
      closed() {
        return [];
      }
    }
    const { paths, ...document } = routingControllersToSpec(openApiStorage([Twice]));
    const path = '/described-twice/described-twice';
    const one = { ...document, paths: { [path]: (paths as Record<string, object>)[path] } };
    const described = addSecurity(one, createAuthorizationChecker(testManager())) as unknown as Description;
    expect(described.paths[path]?.['get']?.security).to.deep.equal([{ bearer: [] }]);
  });

  it('finds the routes behind a routePrefix', () => {
    const managers = { default: testManager(), 'admin area': testManager({ secret: otherSecret }) };
    const described = describeControllers(
      [AdminController, DocumentedNotes],
      createAuthorizationChecker(managers),
      { routePrefix: '/api/v1' },
    );
    expect(operation(described, 'get', '/api/v1/described-notes').security).to.deep.equal([{ bearer: [] }]);
    expect(operation(described, 'get', '/api/v1/admin/described-notes').security).to.deep.equal([
      { 'bearer.admin_area': [] },
    ]);
    expect(operation(described, 'get', '/api/v1/described-notes/public').security).to.deep.equal([]);
  });

  it('leaves operations alone that are no routes, and what else the document has', () => {
    const own = {
      openapi: '3.0.3',
      paths: { '/health': { summary: 'Health', get: { responses: {} } } },
      components: { schemas: { Note: {} }, securitySchemes: { other: {} }, parameters: {} },
    };
    const described = addSecurity(own, checker);
    expect(described.paths).to.deep.equal(own.paths);
    expect(described.components.schemas).to.have.all.keys('Note', 'JwtError');
    expect(described.components.securitySchemes).to.have.all.keys('other');
    expect(addSecurity({ openapi: '3.0.3' }, checker)).to.deep.include({ openapi: '3.0.3', paths: {} });
  });

  it('does not change the document that it was given', () => {
    const given = routingControllersToSpec({ actions: [], controllers: [] } as never) as unknown as {
      openapi: string;
      paths: object;
    };
    const copy = structuredClone(given);
    addSecurity(given, checker);
    expect(given).to.deep.equal(copy);
  });

  const strangers: unknown[] = [undefined, null, () => true, async () => true];
  for (const stranger of strangers) {
    it(`needs a checker of this library, not ${String(stranger)}`, () => {
      expect(() => addSecurity({ openapi: '3.0.0' }, stranger as AuthorizationChecker)).to.throw(
        ConfigurationError,
        'addSecurity: pass the checker that createAuthorizationChecker returned',
      );
    });
  }
});
