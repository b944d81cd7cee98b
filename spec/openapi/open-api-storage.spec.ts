import { expect } from 'chai';
import { IsNotEmpty } from 'class-validator';
import { Body, Get, getMetadataArgsStorage, JsonController, Param, Post } from 'routing-controllers';
import { routingControllersToSpec } from 'routing-controllers-openapi';
import { createAuthorizationChecker, InjectToken, JwtRequired, type Token } from '../../src';
import { openApiStorage } from '../../src/openapi';
import { testManager } from '../support/manager';
import { describeControllers, findingsIn } from '../support/openapi';

class ItemDto {
  @IsNotEmpty() name!: string;
}

abstract class ItemRoutes {
  @Get('/:id')
  @JwtRequired()
  read(@Param('id') id: number, @InjectToken() token: Token) {
    return { id, of: token.identity };
  }

  @Post()
  @JwtRequired({ roles: 'admin' })
  add(@Body() item: ItemDto) {
    return item;
  }
}

@JsonController('/books')
class BookController extends ItemRoutes {}

@JsonController('/films')
class FilmController extends ItemRoutes {
  @Get('/:id')
  override read(@Param('id') id: number, @InjectToken() token: Token) {
    return super.read(id, token);
  }

  @Get('/new/today')
  today() {
    return [];
  }
}

const controllers = [BookController, FilmController];

describe('openApiStorage', () => {
  it('has the inherited routes that routing-controllers-openapi cannot read', () => {
    const all = getMetadataArgsStorage();
    const classes: unknown[] = [...controllers, ItemRoutes];
    const own = Object.assign(Object.create(all) as typeof all, {
      controllers: all.controllers.filter(({ target }) => classes.includes(target)),
      actions: all.actions.filter(({ target }) => classes.includes(target)),
    });
    expect(() => routingControllersToSpec(own)).to.throw("reading 'route'");
    const { paths } = routingControllersToSpec(openApiStorage(controllers)) as {
      paths: Record<string, Record<string, { operationId: string; parameters?: object[] }>>;
    };
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => [path, method, operationId] as const),
    );
    expect(operations).to.have.deep.members([
      ['/books/{id}', 'get', 'BookController.read'],
      ['/books', 'post', 'BookController.add'],
      ['/films/{id}', 'get', 'FilmController.read'],
      ['/films', 'post', 'FilmController.add'],
      ['/films/new/today', 'get', 'FilmController.today'],
    ]);
    expect(paths['/books/{id}']?.['get']?.parameters).to.have.nested.property('[0].schema.type', 'number');
    expect(paths['/films']?.['post']).to.have.nested.property('requestBody.description', 'ItemDto');
  });

  it('has the rules that they inherit', () => {
    const checker = createAuthorizationChecker(testManager());
    const { paths } = describeControllers(controllers, checker);
    expect(paths['/books/{id}']?.['get']?.security).to.deep.equal([{ bearer: [] }]);
    expect(paths['/films/{id}']?.['get']?.security).to.deep.equal([{ bearer: [] }]);
    expect(paths['/films']?.['post']?.description).to.equal('Requires: access, roles: admin');
    expect(paths['/films/new/today']?.['get']?.security).to.deep.equal([]);
  });

  it('gives a valid document with the schemas of the application', async () => {
    const checker = createAuthorizationChecker(testManager());
    const components = { schemas: { ItemDto: { type: 'object', properties: { name: { type: 'string' } } } } };
    const document = describeControllers(controllers, checker, {}, { components });
    expect(await findingsIn(document)).to.deep.equal([]);
    expect(document.components.schemas).to.have.all.keys('ItemDto', 'JwtError');
  });

  it('has all controllers by default, and leaves the storage of routing-controllers as it is', () => {
    const storage = getMetadataArgsStorage();
    const before = [storage.actions.length, storage.controllers.length];
    const all = openApiStorage();
    expect(all.controllers).to.include.members(storage.controllers);
    expect(all.actions.map(({ target }) => target)).to.include.members(controllers);
    expect([storage.actions.length, storage.controllers.length]).to.deep.equal(before);
    expect(all).to.be.instanceOf(storage.constructor);
  });
});
