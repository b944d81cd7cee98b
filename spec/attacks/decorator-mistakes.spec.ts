import { expect } from 'chai';
import { Authorized, Get, JsonController } from 'routing-controllers';
import { JwtOptional, JwtPublic, JwtRefreshRequired, JwtRequired } from '../../src';
import { ConfigurationError } from '../../src/errors/errors';
import { refusalToStart } from '../support/protection';
import { apply } from '../support/untyped';

describe('G7: a rule in the wrong place', () => {
  class Target {
    method() {}
  }

  for (const [name, decorate] of Object.entries({
    JwtRequired,
    JwtOptional,
    JwtRefreshRequired,
    JwtPublic,
  })) {
    const { prototype } = Target;
    const ways: [where: string, target: unknown[]][] = [
      ['a method', [prototype, 'method', Object.getOwnPropertyDescriptor(prototype, 'method')]],
      ['a property', [prototype, 'property']],
      ['a property, as Babel calls it', [prototype, 'property', undefined]],
      ['a class', [Target]],
      ['a parameter', [prototype, 'method', 0]],
      [
        'a standard decorator of a method',
        [Reflect.get(prototype, 'method'), { kind: 'method', name: 'method' }],
      ],
      ['a standard decorator of a class', [Target, { kind: 'class', name: 'Target' }]],
    ];
    for (const [where, target] of ways) {
      it(`is noticed when @${name} has no parentheses on ${where}`, () => {
        expect(() => {
          apply(decorate, ...target);
        }).to.throw(ConfigurationError, new RegExp(`^write the decorator with parentheses: @${name}\\(\\)$`));
      });
    }

    it(`is noticed when @${name}() stands on a static method, or is called by a compiler for other decorators`, () => {
      const decorator = (decorate as typeof JwtRequired)();
      expect(() => {
        apply(decorator, Target, 'method', {});
      }).to.throw(ConfigurationError, 'static');
      expect(() => {
        apply(decorator, Reflect.get(prototype, 'method'), { kind: 'method' });
      }).to.throw(ConfigurationError);
      expect(() => {
        apply(decorator, Target, { kind: 'class' });
      }).to.throw(ConfigurationError);
    });
  }

  it('is refused when two of ours meet on one method or one class, whichever they are', () => {
    const family = [JwtRequired, JwtOptional, JwtRefreshRequired, JwtPublic] as (typeof JwtRequired)[];
    for (const upper of family) {
      for (const lower of family) {
        class Twice {
          method() {}
        }
        apply(lower(), Twice.prototype, 'method', {});
        expect(() => {
          apply(upper(), Twice.prototype, 'method', {});
        }).to.throw('Twice.method has two rules');
        apply(lower(), Twice);
        expect(() => {
          apply(upper(), Twice);
        }).to.throw('Twice has two rules');
      }
    }
  });

  it("keeps the server from starting when the host's meets ours and both cannot hold", async () => {
    @JsonController('/x')
    class Open {
      @Get('/')
      @Authorized()
      @JwtPublic()
      method() {
        return {};
      }
    }
    @JsonController('/x')
    @JwtPublic()
    class OpenClass {
      @Get('/')
      @Authorized('admin')
      method() {
        return {};
      }
    }
    @JsonController('/x')
    class Stack {
      @Get('/')
      @Authorized('admin')
      @Authorized('clerk')
      method() {
        return {};
      }
    }
    @JsonController('/x')
    class Unreadable {
      @Get('/')
      @Authorized({ policy: 'strict' })
      @Authorized()
      method() {
        return {};
      }
    }
    expect(await refusalToStart([Open])).to.include('@JwtPublic meets a rule that demands a token');
    expect(await refusalToStart([OpenClass])).to.include('@JwtPublic meets a rule that demands a token');
    expect(await refusalToStart([Stack])).to.include("two rules for 'roles' meet on Stack.method");
    expect(await refusalToStart([Unreadable])).to.include(
      'Unreadable.method: @Authorized takes role names here',
    );
  });
});
