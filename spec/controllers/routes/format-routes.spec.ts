import { expect } from 'chai';
import {
  Delete,
  Get,
  getMetadataArgsStorage,
  JsonController,
  Post,
  UseAfter,
  UseBefore,
} from 'routing-controllers';
import {
  BearerHeader,
  BodyField,
  createAuthorizationChecker,
  createJwtMiddleware,
  describeRoutes,
  formatRoutes,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  QueryParameter,
} from '../../../src';
import { testManager } from '../../support/manager';

@JsonController('/shop')
@JwtRequired()
class ShopController {
  @Get()
  list() {}

  @Post('/orders')
  @JwtRequired({ roles: ['clerk', 'admin'], scopes: ['orders:read', 'orders:write'], fresh: '5m' })
  order() {}

  @Delete('/orders/:id')
  @JwtRequired({ roles: { deny: ['guest', 'bot'] }, scopes: { any: ['a', 'b'] }, fresh: 300 })
  cancel() {}

  @Get('/of/:tenant')
  @JwtRequired({ check: ({ claims }) => claims['tenant'] === 'a secret value', fresh: true })
  ofTenant() {}

  @Get('/greeting')
  @JwtOptional({ type: 'any', roles: 'member', fresh: false })
  greeting() {}

  @Post('/refresh')
  @JwtRefreshRequired({ skipRevocationCheck: true, manager: 'default' })
  refresh() {}

  @Get('/report')
  @JwtRequired({ locations: [new BearerHeader(), new QueryParameter('jwt')], scopes: 'a b' })
  report() {}

  @Get('/terms')
  @JwtPublic()
  terms() {}
}

@JsonController()
class OpenController {
  @Get(/\/by-pattern-\d+/)
  pattern() {}

  @Post('/deny')
  @JwtRequired({ roles: { deny: 'guest' } })
  deny() {}
}

const checker = createAuthorizationChecker(testManager());
const before = createJwtMiddleware(checker, { roles: 'clerk' });

class Uploads {
  @Post('/photo')
  @UseBefore(createJwtMiddleware(checker))
  photo() {}
}

@JsonController('/uploads')
class UploadController extends Uploads {
  @Get('/list')
  @UseBefore(before)
  @JwtRequired({ fresh: true })
  list() {}

  @Get('/guests')
  @UseBefore(createJwtMiddleware(checker, { optional: true }))
  guests() {}

  @Get('/behind')
  @UseBefore(function other() {})
  @UseAfter(createJwtMiddleware(checker))
  behind() {}
}

@JsonController('/clerks')
@UseBefore(before)
class ClerkController {
  @Get()
  all() {}

  @Get('/scoped')
  @UseBefore(createJwtMiddleware(checker, { scopes: 'a' }))
  scoped() {}
}

@JsonController('/mailed')
class MailController {
  @Post('/reset')
  @JwtRequired({ ticket: 'reset-password', locations: [new BodyField()] })
  reset() {}

  @Post('/refresh')
  @JwtRefreshRequired({ locations: [new BodyField()] })
  refresh() {}

  @Post('/end')
  @JwtRequired({ type: 'any', locations: [new BodyField()] })
  end() {}
}

describe('formatRoutes', () => {
  it('shows what middleware of this library demands in front of a method, inherited or of its class', () => {
    const routes = withOnly([UploadController, ClerkController], describeRoutes);
    expect(formatRoutes(routes).split('\n')).to.have.members([
      'GET   /uploads/list    UploadController.list    access, fresh; by middleware: access, roles: clerk',
      'GET   /uploads/guests  UploadController.guests  by middleware: access, optional',
      'GET   /uploads/behind  UploadController.behind  open',
      'POST  /uploads/photo   UploadController.photo   by middleware: access',
      'GET   /clerks          ClerkController.all      by middleware: access, roles: clerk',
      'GET   /clerks/scoped   ClerkController.scoped   by middleware: access, roles: clerk; by middleware: access, scopes: a',
    ]);
  });

  it('says of each route what it demands, in words', () => {
    const routes = withOnly([ShopController, OpenController], describeRoutes);
    expect(formatRoutes(routes).split('\n')).to.deep.equal([
      'GET     /shop               ShopController.list      access',
      'POST    /shop/orders        ShopController.order     access, roles: clerk or admin, scopes: orders:read orders:write, fresh: 5m',
      'DELETE  /shop/orders/:id    ShopController.cancel    access, roles: none of guest bot, scopes: a or b, fresh: 300s',
      'GET     /shop/of/:tenant    ShopController.ofTenant  access, fresh, check',
      'GET     /shop/greeting      ShopController.greeting  access or refresh, optional, roles: member',
      'POST    /shop/refresh       ShopController.refresh   refresh, revoked or not, manager: default',
      "GET     /shop/report        ShopController.report    access, scopes: a b, in: Authorization Header or query parameter 'jwt'",
      'GET     /shop/terms         ShopController.terms     open',
      'GET     /\\/by-pattern-\\d+/  OpenController.pattern   open',
      'POST    /deny               OpenController.deny      access, roles: none of guest',
    ]);
  });

  it('names the field of a body that holds what the route requires', () => {
    const routes = withOnly([MailController], describeRoutes);
    expect(formatRoutes(routes).split('\n')).to.deep.equal([
      "POST  /mailed/reset    MailController.reset    ticket: reset-password, in: body field 'ticket'",
      "POST  /mailed/refresh  MailController.refresh  refresh, in: body field 'refresh_token'",
      "POST  /mailed/end      MailController.end      access or refresh, in: body field 'access_token' or 'refresh_token'",
    ]);
  });

  it('takes all routes when it is not told which', () => {
    withOnly([OpenController], () => {
      expect(formatRoutes()).to.equal(formatRoutes(describeRoutes())).and.include('OpenController.deny');
    });
  });

  it('is empty without routes', () => {
    expect(formatRoutes([])).to.equal('');
  });
});

/** Those of other specs are wrong on purpose. */
function withOnly<T>(targets: readonly Function[], run: () => T): T {
  const storage = getMetadataArgsStorage();
  const { controllers } = storage;
  storage.controllers = controllers.filter(({ target }) => targets.includes(target));
  try {
    return run();
  } finally {
    storage.controllers = controllers;
  }
}
