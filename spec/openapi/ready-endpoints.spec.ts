import { Ajv } from 'ajv';
import { expect } from 'chai';
import { IsString } from 'class-validator';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { JsonController, Post } from 'routing-controllers';
import { OpenAPI } from 'routing-controllers-openapi';
import {
  BearerHeader,
  createAuthorizationChecker,
  createOAuthController,
  createTokenController,
  JwtPublic,
  TokenCookies,
} from '../../src';
import { describeOnDrivers, request, startApp } from '../support/app';
import { secret, testManager } from '../support/manager';
import { describeControllers, findingsIn, type DescribedOperation } from '../support/openapi';

class DocumentedLoginDto {
  @IsString() username!: string;
  @IsString() password!: string;
}

interface Operation extends DescribedOperation {
  readonly operationId: string;
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { schema: object }> };
}

const jwtManager = testManager();
const cookies = new TokenCookies();
const login = {
  credentials: DocumentedLoginDto,
  authenticate: ({ password }: DocumentedLoginDto) => (password === 'engine' ? 'ada' : null),
};
const InBodies = createTokenController(jwtManager, { ...login, prefix: '/described-bodies' });
const InCookies = createTokenController(jwtManager, { ...login, prefix: '/described-cookies', cookies });
const OAuth = createOAuthController(jwtManager, {
  prefix: '/described-oauth',
  clients: { billing: secret },
});

@JsonController('/described-heir')
@OpenAPI({ tags: ['Mine'], responses: { 429: { description: 'Slow down.' } } })
class Heir extends createTokenController(jwtManager, { ...login, prefix: '/described-base' }) {
  @Post('/refresh')
  @JwtPublic()
  refresh() {
    return {};
  }
}

const controllers = [InBodies, InCookies, OAuth, Heir];
const authorizationChecker = createAuthorizationChecker(jwtManager, {
  locations: [new BearerHeader(), cookies],
});

const { DocumentedLoginDto: schema } = validationMetadatasToSchemas();

describe('The ready endpoints in an OpenAPI document', () => {
  const document = describeControllers(
    controllers,
    authorizationChecker,
    {},
    {
      components: { schemas: { DocumentedLoginDto: schema } },
    },
  );
  const operation = (method: string, path: string) => document.paths[path]?.[method] as unknown as Operation;

  it('are valid for an independent validator and linter', async () => {
    expect(await findingsIn(document)).to.deep.equal([]);
  });

  const bearer = { bearer: [] };
  const accessCookie = { 'cookie.__Host-access_token': [] };
  const refreshCookie = { 'cookie.__Host-refresh_token.refresh': [] };
  const csrf = { 'csrf.X-CSRF-Token': [] };
  const secured: [method: string, path: string, security: object[], responses: string[]][] = [
    ['post', '/described-bodies/login', [], ['200', '400', '401', '429']],
    ['post', '/described-bodies/refresh', [], ['200', '401']],
    ['post', '/described-bodies/logout', [bearer, { 'bearer.refresh': [] }], ['204', '401']],
    ['get', '/described-bodies/sessions', [bearer, accessCookie], ['200', '401']],
    ['delete', '/described-bodies/sessions', [bearer, { ...accessCookie, ...csrf }], ['204', '401', '403']],
    ['post', '/described-cookies/login', [], ['204', '400', '401', '403', '429']],
    ['post', '/described-cookies/refresh', [{ ...refreshCookie, ...csrf }], ['204', '401', '403']],
    [
      'post',
      '/described-cookies/logout',
      [
        { ...accessCookie, ...csrf },
        { ...refreshCookie, ...csrf },
      ],
      ['204', '401', '403'],
    ],
    ['get', '/described-cookies/sessions', [accessCookie], ['200', '401']],
    ['delete', '/described-cookies/sessions/{id}', [{ ...accessCookie, ...csrf }], ['204', '401', '403']],
    ['post', '/described-oauth/introspect', [{ client: [] }], ['200', '400', '401']],
    ['post', '/described-oauth/revoke', [{ client: [] }], ['200', '400', '401']],
  ];
  for (const [method, path, security, responses] of secured) {
    it(`have their security and responses: ${method} ${path}`, () => {
      const described = operation(method, path);
      expect(described.security).to.deep.equal(security);
      expect(Object.keys(described.responses)).to.deep.equal(responses);
    });
  }

  it('have a scheme for the clients of OAuth', () => {
    expect(document.components.securitySchemes['client']).to.include({ type: 'http', scheme: 'basic' });
  });

  it('have the bodies that they require', () => {
    const login = operation('post', '/described-bodies/login').requestBody;
    expect(login?.required).to.equal(true);
    expect(login?.content['application/json']?.schema).to.deep.equal({
      $ref: '#/components/schemas/DocumentedLoginDto',
    });
    const [refresh, logout, inCookies] = [
      operation('post', '/described-bodies/refresh'),
      operation('post', '/described-bodies/logout'),
      operation('post', '/described-cookies/refresh'),
    ].map(({ requestBody }) => requestBody);
    expect(refresh?.content['application/json']?.schema).to.include({ type: 'object' });
    expect([refresh?.required, logout?.required, inCookies?.required]).to.deep.equal([true, false, false]);
    const form = operation('post', '/described-oauth/revoke').requestBody?.content;
    expect(form?.['application/x-www-form-urlencoded']?.schema).to.deep.include({ required: ['token'] });
  });

  it('have names that tell them apart', () => {
    const names = ['bodies', 'cookies'].map(
      (each) => operation('post', `/described-${each}/login`).operationId,
    );
    expect(names).to.deep.equal([
      'DescribedBodiesTokenController.login',
      'DescribedCookiesTokenController.login',
    ]);
  });

  it('keep what a subclass describes, and know nothing of a method that it replaces', () => {
    const login = operation('post', '/described-heir/login');
    expect(login.responses['429']).to.deep.equal({ description: 'Slow down.' });
    expect(Object.keys(login.responses)).to.deep.equal(['200', '400', '401', '429']);
    const refresh = operation('post', '/described-heir/refresh');
    expect(refresh.requestBody).to.equal(undefined);
    expect(refresh.security).to.deep.equal([]);
  });

  describeOnDrivers('as they are', () => {
    it('respond as described', async () => {
      const app = await startApp({ controllers, authorizationChecker });
      const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(
        document.components.schemas,
        'x',
      );
      const calls: [method: string, path: string, status: number, init: RequestInit][] = [
        ['post', '/described-bodies/login', 200, json({ username: 'ada', password: 'engine' })],
        ['post', '/described-bodies/login', 401, json({ username: 'ada', password: 'wrong' })],
        ['post', '/described-bodies/refresh', 401, json({ refresh_token: 'x' })],
        ['get', '/described-bodies/sessions', 200, { headers: await bearerHeaders() }],
        ['post', '/described-oauth/introspect', 200, form({ token: 'x' }, 'billing', secret)],
        ['post', '/described-oauth/introspect', 400, form({}, 'billing', secret)],
        ['post', '/described-oauth/revoke', 401, form({ token: 'x' }, 'billing', 'wrong')],
      ];
      for (const [method, path, status, init] of calls) {
        const answer = await request(app.url + path, { ...init, method });
        expect(answer.status, path).to.equal(status);
        const { content } = operation(method, path).responses[String(status)] as unknown as {
          content: Record<string, { schema: { $ref?: string } }>;
        };
        const { schema = {} } = content['application/json'] ?? {};
        const target = schema.$ref === undefined ? schema : (document.components.schemas['JwtError'] ?? {});
        expect(ajv.validate(target, answer.body), JSON.stringify(answer.body)).to.equal(true);
      }
      await app.close();
    });
  });
});

async function bearerHeaders(): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${(await jwtManager.createTokenPair('ada')).access_token}` };
}

function json(body: object): RequestInit {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function form(fields: Record<string, string>, client: string, password: string): RequestInit {
  const basic = Buffer.from(`${client}:${encodeURIComponent(password)}`).toString('base64');
  return { headers: { Authorization: `Basic ${basic}` }, body: new URLSearchParams(fields) };
}
