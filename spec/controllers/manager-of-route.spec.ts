import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  describeRoutes,
  formatRoutes,
  JwtRequired,
  KeySet,
} from '../../src';
import { ruleFor, type RouteRule } from '../../src/authentication/requirement';
import { combineRules } from '../../src/controllers/rules/combine-rules';
import { getWith, startApp } from '../support/app';
import { otherSecret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

const own = testManager({ keys: KeySet.fromSecret(otherSecret) });
const another = testManager({ keys: KeySet.fromSecret(`${otherSecret}x`) });

@JsonController('/own-manager')
class RoutesOfTheirManager {
  @Get()
  @JwtRequired({ manager: own })
  read() {
    return { read: true };
  }
}

@JsonController('/same-manager')
@JwtRequired({ manager: own })
class SameManager extends RoutesOfTheirManager {}

describe('A route with a manager of its own', () => {
  it('takes its tokens, and not those of the checker', async () => {
    const manager = testManager();
    const authorizationChecker = createAuthorizationChecker(manager);
    const app = await startApp({ controllers: [RoutesOfTheirManager, SameManager], authorizationChecker });
    for (const path of ['/own-manager', '/same-manager']) {
      expect((await getWith(app.url + path, await own.createAccessToken('ada'))).status).to.equal(200);
      expect((await getWith(app.url + path, await manager.createAccessToken('ada'))).status).to.equal(401);
    }
    await app.close();
    const routes = describeRoutes().filter(({ controller }) => controller === 'RoutesOfTheirManager');
    expect(formatRoutes(routes)).to.match(/access, manager of its own$/);
  });

  it('is not created where that manager accepts the tokens of one of the checker', async () => {
    const authorizationChecker = createAuthorizationChecker(
      testManager({ keys: KeySet.fromSecret(otherSecret) }),
    );
    const error = await refusalOf(
      startApp({ controllers: [RoutesOfTheirManager], authorizationChecker }),
      ConfigurationError,
    );
    expect(error.message).to.match(/accepts the tokens of a manager of the checker/);
  });

  it('has one rule: two that name different managers do not meet', () => {
    const [rule, same, other] = [own, own, another].map((manager) => ruleFor({ manager })) as [
      RouteRule,
      RouteRule,
      RouteRule,
    ];
    expect(combineRules(rule, same, 'A.b').declared?.manager).to.equal(own);
    expect(() => combineRules(rule, other, 'A.b')).to.throw(
      ConfigurationError,
      "two rules for 'manager' meet on A.b",
    );
  });
});
