import { expect } from 'chai';
import { Authorized, Delete, Get, getMetadataArgsStorage, JsonController, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  describeRoutes,
  formatRoutes,
  JwtOptional,
  JwtPublic,
  JwtRequired,
} from '../../../src';
import { testManager } from '../../support/manager';
import { apply } from '../../support/untyped';

class AuditBase {
  @Get('/inherited')
  @JwtRequired({ fresh: '5m' })
  inherited() {}

  @Get('/twice')
  twice() {}
}

@JsonController('/audit')
@JwtRequired({ roles: 'clerk' })
class Audited extends AuditBase {
  @Post()
  create() {}

  @Delete('/:id')
  @JwtRequired({ roles: 'admin' })
  remove() {}

  @Get('/open')
  @JwtPublic()
  open() {}

  @Get('/twice-again')
  @JwtOptional()
  override twice() {}

  @Get('/host')
  @Authorized('clerk')
  host() {}
}

const hidden = Symbol('hidden');

@JsonController('/symbols')
class Symbols {
  [hidden]() {}
}
apply(Get('/hidden'), Symbols.prototype, hidden);

describe('describeRoutes', () => {
  const storage = getMetadataArgsStorage();
  const { controllers } = storage;

  // Other specs leave controllers behind that no server can be created with.
  before(() => {
    storage.controllers = controllers.filter(({ target }) => target === Audited);
  });

  after(() => {
    storage.controllers = controllers;
  });

  it('lists own and inherited routes with what they demand', () => {
    const routes = describeRoutes();
    expect(
      routes.map(({ method, path, handler, requirement }) => [method, path, handler, requirement]),
    ).to.deep.equal([
      ['POST', '/audit', 'create', { roles: 'clerk' }],
      ['DELETE', '/audit/:id', 'remove', { roles: 'admin' }],
      ['GET', '/audit/open', 'open', null],
      ['GET', '/audit/twice-again', 'twice', { roles: 'clerk', optional: true }],
      ['GET', '/audit/host', 'host', { roles: ['clerk'] }],
      ['GET', '/audit/inherited', 'inherited', { roles: 'clerk', fresh: '5m' }],
    ]);
    expect(routes.every(({ controller }) => controller === 'Audited')).to.equal(true);
  });

  it('has text for a method whose name is a symbol, as formatRoutes has', () => {
    storage.controllers = controllers.filter(({ target }) => target === Symbols);
    expect(describeRoutes()).to.deep.equal([
      {
        method: 'GET',
        path: '/symbols/hidden',
        controller: 'Symbols',
        handler: 'Symbol(hidden)',
        requirement: null,
      },
    ]);
    expect(formatRoutes()).to.equal('GET  /symbols/hidden  Symbols.Symbol(hidden)  open');
  });

  it('shows a token where @Authorized says what only another checker understands, and fails where ours is next to it', () => {
    @JsonController('/foreign')
    class Foreign {
      @Get('/')
      @Authorized({ policy: 'strict' })
      policy() {}
    }
    storage.controllers = storage.controllers.filter(({ target }) => target === Foreign);
    expect(describeRoutes().map(({ requirement }) => requirement)).to.deep.equal([{}]);
    JwtRequired()(Foreign.prototype, 'policy');
    expect(() => describeRoutes()).to.throw('@Authorized takes role names here');
  });

  it('lists a route whose manager no checker of the process was given', () => {
    @JsonController('/elsewhere')
    class Elsewhere {
      @Get()
      @JwtRequired({ manager: 'elsewhere' })
      read() {}
    }
    createAuthorizationChecker(testManager());
    storage.controllers = storage.controllers.filter(({ target }) => target === Elsewhere);
    expect(describeRoutes().map(({ requirement }) => requirement)).to.deep.equal([{ manager: 'elsewhere' }]);
  });
});
