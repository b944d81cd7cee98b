import { expect } from 'chai';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { getMetadataArgsStorage } from 'routing-controllers';
import {
  authenticateUpgrade,
  ConfigurationError,
  InjectToken,
  JwtOptional,
  JwtPublic,
  JwtRefreshRequired,
  JwtRequired,
  type JwtManager,
  type RouteDecorator,
} from '../../src';
import { requirementKeys } from '../../src/authentication/requirement';
import { testManager } from '../support/manager';
import { withPolluted } from '../support/polluted';
import { apply } from '../support/untyped';

type Decorate = (...requirement: unknown[]) => RouteDecorator;

/** What a circular import leaves in the place of a value that is exported further down. */
const notLoaded = undefined;

describe('G7: a requirement whose value is not loaded yet', () => {
  class Target {
    method() {}
  }

  const nested: [path: string, requirement: object][] = [
    ['roles[1]', { roles: ['admin', notLoaded] }],
    ['roles.deny', { roles: { deny: notLoaded } }],
    ['roles.deny[0]', { roles: { deny: [notLoaded] } }],
    ['scopes[0]', { scopes: [notLoaded, 'read'] }],
    ['scopes.any', { scopes: { any: notLoaded } }],
    ['scopes.any[1]', { scopes: { any: ['read', notLoaded] } }],
    ['locations[0]', { locations: [notLoaded] }],
    ['check', { roles: 'admin', check: notLoaded }],
  ];
  const requirements = [
    ...requirementKeys.map((key): [string, object] => [key, { [key]: notLoaded }]),
    ...nested,
  ];
  const decorators: [name: string, decorate: Decorate, fixed: string | undefined][] = [
    ['@JwtRequired', JwtRequired as Decorate, undefined],
    ['@JwtOptional', JwtOptional as Decorate, 'optional'],
    ['@JwtRefreshRequired', JwtRefreshRequired as Decorate, 'type'],
  ];

  const message = (place: string, path: string) =>
    `${place}: ${path} is undefined. Most often a circular import is the cause: the value had not been loaded when ` +
    'the decorator ran. Import it from a module that does not import this one, or leave it out.';

  for (const [name, decorate, fixed] of decorators) {
    for (const [path, requirement] of requirements) {
      if (path === fixed) continue;
      it(`is an error where it is decorated: ${path} of ${name}`, () => {
        const { length } = getMetadataArgsStorage().responseHandlers;
        expect(() => {
          apply(decorate(requirement), Target.prototype, 'method', {});
        }).to.throw(ConfigurationError, message(`${name} on Target.method`, path));
        expect(() => {
          apply(decorate(requirement), Target);
        }).to.throw(ConfigurationError, message(`${name} on Target`, path));
        expect(getMetadataArgsStorage().responseHandlers).to.have.length(length);
      });
    }

    it(`is an error where it is decorated: the whole requirement of ${name}`, () => {
      expect(() => {
        apply(decorate(notLoaded), Target.prototype, 'method', {});
      }).to.throw(ConfigurationError, message(`${name} on Target.method`, 'the requirement'));
    });
  }

  it('is an error of the decorators that take no requirement', () => {
    for (const decorate of [JwtPublic, InjectToken] as Decorate[]) {
      expect(() => decorate(notLoaded)).to.throw(ConfigurationError, 'with parentheses');
    }
  });

  const ofUpgrades: [path: string, requirement: object | undefined][] = [
    ...requirements,
    ['the requirement', notLoaded],
  ];
  for (const [path, requirement] of ofUpgrades) {
    if (path === 'manager' || path === 'optional') continue;
    it(`is an error of authenticateUpgrade: ${path}`, async () => {
      const jwtManager = testManager();
      const reasons: string[] = [];
      jwtManager.on('rejected', ({ reason }) => reasons.push(reason));
      const error = await upgrade(jwtManager, requirement).catch((thrown: unknown) => thrown);
      expect(error).to.include({ httpCode: 500 });
      expect(reasons).to.deep.equal([message('authenticateUpgrade', path)]);
    });
  }

  it('counts own members only', () => {
    for (const key of requirementKeys) {
      withPolluted({ [key]: notLoaded }, () => {
        class Polluted {
          method() {}
        }
        JwtRequired({})(Polluted.prototype, 'method');
        JwtOptional()(Polluted);
      });
    }
  });
});

async function upgrade(jwtManager: JwtManager, requirement: object | undefined): Promise<unknown> {
  const request = new IncomingMessage(new Socket());
  request.url = '/';
  request.headers.authorization = `Bearer ${await jwtManager.createAccessToken('ada')}`;
  return authenticateUpgrade(jwtManager, request, requirement as object);
}
