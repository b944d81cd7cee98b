import { expect } from 'chai';
import { Authorized, Delete, Get, getMetadataArgsStorage, JsonController, Post } from 'routing-controllers';
import { describeRoutes, JwtOptional, JwtPublic, JwtRequired } from '../../src';

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
      ['GET', '/audit/twice-again', 'twice', { optional: true }],
      ['GET', '/audit/host', 'host', { roles: ['clerk'] }],
      ['GET', '/audit/inherited', 'inherited', { roles: 'clerk', fresh: '5m' }],
    ]);
    expect(routes.every(({ controller }) => controller === 'Audited')).to.equal(true);
  });
});
