import { expect } from 'chai';
import { ConfigurationError, createAuthorizationChecker, JwtRequired } from '../../src';
import { secondCopy } from '../support/second-copy';
import { secret, testManager } from '../support/manager';

describe('a second copy of the library in the process', () => {
  const copy = secondCopy();

  class Target {
    method() {}
  }

  const uses: [name: string, use: () => unknown][] = [
    [
      'a rule',
      () => {
        copy.JwtRequired()(Target.prototype, 'method');
      },
    ],
    [
      'an open rule',
      () => {
        copy.JwtPublic()(Target);
      },
    ],
    [
      '@InjectToken',
      () => {
        copy.InjectToken()(Target.prototype, 'method', 0);
      },
    ],
    ['a checker', () => copy.createAuthorizationChecker(new copy.JwtManager({ secret }))],
  ];

  before(() => {
    JwtRequired()(Target.prototype, 'other');
  });

  for (const [name, use] of uses) {
    it(`is refused ${name}, which the first would not understand`, () => {
      expect(use).to.throw(copy.ConfigurationError, 'loaded twice');
    });
  }

  it('is refused a manager of the first', () => {
    expect(() => copy.createAuthorizationChecker(testManager())).to.throw('pass a JwtManager');
  });
});

describe('another version of the host', () => {
  const name = 'routingControllersMetadataArgsStorage';

  for (const lookUps of [{}, { filterResponseHandlersWithTargetAndMethod: () => [] }]) {
    it(`is refused when it has only ${JSON.stringify(Object.keys(lookUps))} of the look-ups`, () => {
      const storage: unknown = Reflect.get(globalThis, name);
      Reflect.set(globalThis, name, Object.create(lookUps));
      try {
        expect(() => createAuthorizationChecker(testManager())).to.throw(
          ConfigurationError,
          'this version of routing-controllers has no filter',
        );
      } finally {
        Reflect.set(globalThis, name, storage);
      }
    });
  }
});
