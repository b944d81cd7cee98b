import { expect } from 'chai';
import { Get, getMetadataArgsStorage, JsonController, Param } from 'routing-controllers';
import {
  ConfigurationError,
  InjectToken,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
} from '../../src';
import { startWith, open, answersOf } from '../support/protection';
import { apply } from '../support/untyped';

const decorators = Object.entries({ JwtRequired, JwtOptional, JwtRefreshRequired, JwtPublic });

class Base {
  @Get('/inherited')
  inherited() {
    return {};
  }
}

@JsonController('/late-rules')
class Routes extends Base {
  @Get('/open')
  open() {
    return {};
  }

  @Get('/protected')
  @JwtRequired()
  protected() {
    return {};
  }

  helper() {
    return {};
  }
}

describe('a decorator that comes after the server', () => {
  let entries: number;

  before(async () => {
    const app = await startWith([Routes]);
    expect(await answersOf(app, '/late-rules/open')).to.deep.equal(open);
    await app.close();
    entries = getMetadataArgsStorage().responseHandlers.length;
  });

  const places: [where: string, says: string, target: unknown[]][] = [
    ['an open method', 'Routes.open', [Routes.prototype, 'open', {}]],
    ['a protected method', 'Routes.protected', [Routes.prototype, 'protected', {}]],
    ['an inherited method', 'Routes.inherited', [Routes.prototype, 'inherited', {}]],
    ['the method of the base class', 'Base.inherited', [Base.prototype, 'inherited', {}]],
    ['the class', 'Routes', [Routes]],
    ['the base class', 'Base', [Base]],
  ];

  for (const [name, decorate] of decorators) {
    for (const [where, says, target] of places) {
      it(`is refused: @${name}() on ${where}`, () => {
        expect(() => {
          apply(decorate(), ...target);
        }).to.throw(
          ConfigurationError,
          `@${name}() comes too late for ${says}: its server has already been created. Decorate it before`,
        );
        expect(getMetadataArgsStorage().responseHandlers.length).to.equal(entries);
      });
    }
  }

  it('is refused: @InjectToken(), which would hand over nothing', () => {
    expect(() => {
      apply(InjectToken(), Routes.prototype, 'protected', 0);
    }).to.throw(ConfigurationError, '@InjectToken() comes too late for Routes.protected');
  });

  it('is taken on what is no route yet', async () => {
    apply(JwtRequired(), Routes.prototype, 'helper', {});

    @JsonController('/late-heir')
    @JwtRequired()
    class Heir extends Base {
      @Get('/:id')
      own(@Param('id') id: string) {
        return { id };
      }
    }
    const app = await startWith([Heir]);
    expect(await answersOf(app, '/late-heir/inherited')).to.deep.equal([401, 200, 200]);
    expect(await answersOf(app, '/late-heir/1')).to.deep.equal([401, 200, 200]);
    await app.close();
  });
});
