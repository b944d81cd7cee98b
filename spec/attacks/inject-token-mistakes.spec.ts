import { expect } from 'chai';
import { Controller, Get, JsonController, Param, Req } from 'routing-controllers';
import { InjectToken, JwtOptional, JwtPublic, JwtRequired, type RouteDecorator, type Token } from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { describeOnDrivers, errorHandlersOn, getWith, request, startApp } from '../support/app';
import { heirOf } from '../support/heirs';
import { testManager } from '../support/manager';
import { answersOf, forUsers, refusalToStart, startWith } from '../support/protection';
import { apply } from '../support/untyped';

/** A class whose one method asks for the token. */
function asking(...rules: RouteDecorator[]): new () => object {
  class Case {
    @Get('/')
    method(@InjectToken() token: Token): object {
      return token;
    }
  }
  for (const rule of rules) rule(Case.prototype, 'method');
  return Case;
}

function controller(Case: Function, ...rules: RouteDecorator[]): Function {
  for (const rule of rules) rule(Case);
  JsonController('/x')(Case);
  return Case;
}

describeOnDrivers('G7: @InjectToken in the wrong place', (driver) => {
  class Target {
    method() {}
  }

  const { prototype } = Target;
  const misplaced: [name: string, decorator: unknown, target: unknown[], message: string][] = [
    ['without parentheses', InjectToken, [prototype, 'method', 0], 'with parentheses'],
    ['on a method', InjectToken(), [prototype, 'method', {}], 'on a parameter'],
    ['on a property', InjectToken(), [prototype, 'property'], 'on a parameter'],
    ['on a class', InjectToken(), [Target], 'on a parameter'],
    ['on a parameter of the constructor', InjectToken(), [Target, undefined, 0], 'on a parameter'],
    ['on a static method', InjectToken(), [Target, 'method', 0], 'not static'],
  ];

  for (const [name, decorator, target, message] of misplaced) {
    it(`is refused ${name}`, () => {
      expect(() => {
        apply(decorator, ...target);
      }).to.throw(ConfigurationError, message);
    });
  }

  const starts: [name: string, make: () => Function, message: string][] = [
    ['on a method that nothing protects', () => controller(asking()), 'is public'],
    [
      'on an open method of a protected class',
      () => controller(asking(JwtPublic()), JwtRequired()),
      'is public',
    ],
    ['on a method of an open class', () => controller(asking(), JwtPublic()), 'is public'],
    ['on a method of a base class that nothing protects', () => heirOf(asking()), 'is public'],
    ['on a method of a base class that the class opens', () => heirOf(asking(), JwtPublic()), 'is public'],
    [
      'behind a parameter without a decorator',
      () => {
        @JsonController('/x')
        class Case {
          @Get('/:id')
          @JwtRequired()
          method(id: string, @InjectToken() token: Token): object {
            return { id, token };
          }
        }
        return Case;
      },
      'give each parameter one',
    ],
    [
      'between parameters without a decorator',
      () => {
        @JsonController('/x')
        class Case {
          @Get('/:id')
          @JwtRequired()
          method(@Param('id') id: string, other: unknown, @InjectToken() token: Token): object {
            return { id, other, token };
          }
        }
        return Case;
      },
      'give each parameter one',
    ],
    [
      'on a parameter that has another decorator',
      () => {
        @JsonController('/x')
        class Case {
          @Get('/:id')
          @JwtRequired()
          method(@Param('id') @InjectToken() both: unknown, @Req() request: object): object {
            return { both, request };
          }
        }
        return Case;
      },
      'give each parameter one',
    ],
    [
      'twice on one parameter',
      () => {
        @JsonController('/x')
        class Case {
          @Get('/')
          @JwtRequired()
          method(@InjectToken() @InjectToken() token: Token): object {
            return token;
          }
        }
        return Case;
      },
      'give each parameter one',
    ],
  ];

  for (const [name, make, message] of starts) {
    it(`keeps the server from starting ${name}`, async () => {
      expect(await refusalToStart([make()])).to.include(message);
    });
  }

  it('gives the token wherever it stands, and to each who asks', async () => {
    @JsonController('/places')
    class Places {
      @Get('/first/:id')
      @JwtRequired()
      first(@InjectToken() token: Token, @Param('id') id: string) {
        return { identity: token.identity, id };
      }

      @Get('/twice/:id')
      @JwtRequired()
      twice(@InjectToken() one: Token, @Param('id') id: string, @InjectToken() two: Token) {
        return { identity: one.identity, id, same: one === two };
      }

      @Get('/symbol')
      @JwtRequired()
      [Symbol.for('route')](@InjectToken() token: Token) {
        return { identity: token.identity };
      }
    }
    const jwtManager = testManager();
    const token = await jwtManager.createAccessToken('ada');
    // Some options of the host's make every parameter a required one.
    for (const defaults of [{}, { paramOptions: { required: true } }]) {
      const app = await startWith([Places], { defaults });
      const get = async (path: string) => (await getWith(app.url + path, token)).body;
      expect(await get('/places/first/7')).to.deep.equal({ identity: 'ada', id: '7' });
      expect(await get('/places/twice/7')).to.deep.equal({ identity: 'ada', id: '7', same: true });
      expect(await get('/places/symbol')).to.deep.equal({ identity: 'ada' });
      expect(await answersOf(app, '/places/symbol')).to.deep.equal(forUsers);
      await app.close();
    }
  });

  for (const defaultErrorHandler of errorHandlersOn(driver)) {
    it(`never lets a method run without ours as checker, defaultErrorHandler: ${String(defaultErrorHandler)}`, async () => {
      let runs = 0;
      @JsonController('/foreign')
      class Foreign {
        @Get('/token')
        @JwtRequired()
        token(@InjectToken() token: Token | undefined) {
          return { runs: ++runs, token };
        }

        @Get('/optional')
        @JwtOptional()
        optional(@InjectToken() token: Token | undefined) {
          return { runs: ++runs, token };
        }
      }

      @Controller('/foreign-text')
      class ForeignText {
        @Get('/token')
        @JwtRequired()
        token(@InjectToken() token: Token | undefined) {
          return JSON.stringify({ runs: ++runs, token });
        }
      }
      const app = await startApp({
        controllers: [Foreign, ForeignText],
        defaultErrorHandler,
        authorizationChecker: () => true,
      });
      for (const path of ['/foreign/token', '/foreign/optional', '/foreign-text/token']) {
        const answer = await request(app.url + path);
        expect(answer.status).to.equal(500);
        expect(JSON.stringify(answer.body)).not.to.match(/InjectToken|\.js/);
      }
      if (!defaultErrorHandler) {
        const [error] = app.errors as Error[];
        // Express would show the text of the error itself to the client.
        expect(String(driver === 'koa' ? error : error?.cause)).to.include(
          '@InjectToken() needs the checker',
        );
      }
      expect(runs).to.equal(0);
      await app.close();
    });
  }
});
