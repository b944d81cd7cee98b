import { expect } from 'chai';
import { IsString } from 'class-validator';
import { Body, createParamDecorator, Get, JsonController, Param, Post } from 'routing-controllers';
import { InjectToken, JwtOptional, JwtRequired, Token } from '../../../src';
import { getWith } from '../../support/app';
import { testManager } from '../../support/manager';
import { refusalToStart, startWith } from '../../support/protection';
import { apply } from '../../support/untyped';
import type { TypeOnlyDto } from '../../support/untyped-bodies';

class TextDto {
  @IsString() text!: string;
}

class Other {
  identity = '';
}

/** A method without decorator metadata, as tsx and esbuild compile it. */
function withoutMetadata(options?: object): Function {
  class Bare {
    method(body: unknown) {
      return body;
    }
  }
  apply(Body(options), Bare.prototype, 'method', 0);
  apply(Post('/'), Bare.prototype, 'method');
  apply(JwtRequired(), Bare.prototype, 'method', {});
  JsonController('/bare')(Bare);
  return Bare;
}

async function warningsOf(start: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error) => {
    if (warning.name === 'JwtRoutesWarning') warnings.push(warning.message);
  };
  process.on('warning', listen);
  await start();
  await new Promise(setImmediate);
  process.off('warning', listen);
  return warnings;
}

const started = async (controllers: Function[], options = {}): Promise<void> =>
  (await startWith(controllers, options)).close();

describe('a parameter of type Token', () => {
  const wrong: [name: string, make: () => Function, message: string][] = [
    [
      'without a decorator',
      () => {
        @JsonController('/tokens')
        class Case {
          @Get('/')
          @JwtRequired()
          method(token: Token) {
            return token.identity;
          }
        }
        return Case;
      },
      'Case.method takes a Token that nobody hands over: write @InjectToken() before the parameter',
    ],
    [
      'without a decorator, on an open method',
      () => {
        @JsonController('/tokens')
        class Case {
          @Get('/')
          method(token?: Token) {
            return token?.identity;
          }
        }
        return Case;
      },
      'Case.method takes a Token that nobody hands over',
    ],
    [
      'behind another parameter',
      () => {
        @JsonController('/tokens')
        class Case {
          @Get('/:id')
          @JwtOptional()
          method(@Param('id') id: string, token?: Token) {
            return [id, token];
          }
        }
        return Case;
      },
      'Case.method takes a Token that nobody hands over',
    ],
    [
      'that is filled from the body',
      () => {
        @JsonController('/tokens')
        class Case {
          @Post('/')
          @JwtRequired()
          method(@Body() token: Token) {
            return token.identity;
          }
        }
        return Case;
      },
      'Case.method takes a Token that nobody hands over',
    ],
    [
      'on a base class',
      () => {
        class Base {
          @Get('/')
          @JwtRequired()
          method(token: Token) {
            return token.identity;
          }
        }
        @JsonController('/tokens')
        class Case extends Base {}
        return Case;
      },
      'Case.method takes a Token that nobody hands over',
    ],
    [
      'that is declared as something else: text',
      () => {
        @JsonController('/tokens')
        class Case {
          @Get('/')
          @JwtRequired()
          method(@InjectToken() token: string) {
            return token;
          }
        }
        return Case;
      },
      'Case.method: @InjectToken() hands over a Token, but the parameter is a String',
    ],
    [
      'that is declared as something else: a class',
      () => {
        @JsonController('/tokens')
        class Case {
          @Get('/')
          @JwtRequired()
          method(@InjectToken() user: Other) {
            return user.identity;
          }
        }
        return Case;
      },
      'Case.method: @InjectToken() hands over a Token, but the parameter is a Other',
    ],
  ];

  for (const [name, make, message] of wrong) {
    it(`keeps the server from starting ${name}`, async () => {
      expect(await refusalToStart([make()])).to.include(message);
    });
  }

  it('may have a decorator of your own, or be dropped by an override', async () => {
    const Own = createParamDecorator({ value: () => undefined });
    class Base {
      @Get('/base')
      @JwtRequired()
      base(@InjectToken() token: Token): object {
        return { identity: token.identity };
      }
    }
    @JsonController('/tokens')
    class Case extends Base {
      @Get('/own')
      own(@Own token: Token | undefined) {
        return { token: token ?? null };
      }

      override base() {
        return { given: arguments.length };
      }
    }
    const app = await startWith([Case]);
    const token = await testManager().createAccessToken('ada');
    expect(await getWith(`${app.url}/tokens/own`, token)).to.deep.include({ body: { token: null } });
    expect(await getWith(`${app.url}/tokens/base`, token)).to.deep.include({ body: { given: 0 } });
    await app.close();
  });
});

describe('a @Body() whose class the compiler did not write down', () => {
  it('keeps the server from starting without decorator metadata', async () => {
    expect(await refusalToStart([withoutMetadata()])).to.include(
      'Bare.method: its @Body() would not be validated, because there is no decorator metadata',
    );
    expect(await refusalToStart([withoutMetadata({ validate: { groups: ['a'] } })])).to.include(
      'Bare.method',
    );
  });

  it('keeps the server from starting behind `import type`', async () => {
    @JsonController('/bodies')
    class Case {
      @Post('/')
      @JwtRequired()
      method(@Body() body: TypeOnlyDto) {
        return body;
      }
    }
    expect(await refusalToStart([Case])).to.equal(
      "Case.method: its @Body() would not be validated, because its class is imported with 'import type': import it " +
        "without 'type'",
    );
  });

  it('is a warning, once for a server, where it may be none', async () => {
    @JsonController('/bodies')
    class Case {
      @Post('/inline')
      @JwtRequired()
      inline(@Body() body: { text: string }) {
        return body;
      }

      @Post('/list')
      list(@Body() body: TextDto[]) {
        return body;
      }

      @Post('/class')
      class(@Body() body: TextDto) {
        return body;
      }

      @Post('/meant')
      meant(@Body({ validate: false }) body: object) {
        return body;
      }
    }
    const warnings = await warningsOf(() => started([Case]));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^Case\.inline, Case\.list: the @Body\(\) is not validated/);
  });

  it('is nothing where it is meant, has a type, or nothing is validated', async () => {
    const warnings = await warningsOf(async () => {
      await started([withoutMetadata({ type: TextDto })]);
      await started([withoutMetadata({ validate: false })]);
      await started([withoutMetadata()], { validation: false });
    });
    expect(warnings).to.deep.equal([]);
  });
});
