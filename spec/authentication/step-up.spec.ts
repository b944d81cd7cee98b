import { expect } from 'chai';
import { Get, JsonController } from 'routing-controllers';
import {
  ConfigurationError,
  createAuthorizationChecker,
  formatRoutes,
  JwtRequired,
  type IssueOptions,
  type JwtRequirement,
  type RejectedEvent,
} from '../../src';
import { getWith, startApp, type Answer, type RunningApp } from '../support/app';
import { testClock, testManager } from '../support/manager';

let ran = 0;

@JsonController('/step-up')
class StepUpRoutes {
  @Get('/mfa')
  @JwtRequired({ acr: 'mfa' })
  mfa() {
    return { ran: ++ran };
  }

  @Get('/either')
  @JwtRequired({ acr: ['mfa', 'phr'], roles: 'admin' })
  either() {
    return { ran: ++ran };
  }

  @Get('/recent')
  @JwtRequired({ acr: 'mfa', fresh: '5m' })
  recent() {
    return { ran: ++ran };
  }

  @Get('/any')
  @JwtRequired({ acr: false })
  any() {
    return { ran: ++ran };
  }
}

@JsonController('/in-person')
@JwtRequired({ actor: false })
class InPersonRoutes {
  @Get('/password')
  @JwtRequired({ roles: 'admin' })
  password() {
    return { ran: ++ran };
  }
}

const insufficient =
  'Bearer realm="api", error="insufficient_user_authentication", error_description="Fresh token required"';
const denied = 'Bearer realm="api", error="insufficient_scope", error_description="Permission denied"';

describe('The requirements of a login', () => {
  const clock = testClock();
  const manager = testManager({ clock });
  const rejections: RejectedEvent[] = [];
  let app: RunningApp;

  before(async () => {
    manager.on('rejected', (event) => rejections.push(event));
    const authorizationChecker = createAuthorizationChecker(manager);
    app = await startApp({ controllers: [StepUpRoutes, InPersonRoutes], authorizationChecker });
  });
  after(() => app.close());

  async function answerTo(path: string, options: IssueOptions): Promise<Answer> {
    return getWith(app.url + path, await manager.createAccessToken('ada', options));
  }

  const met: [path: string, options: IssueOptions][] = [
    ['/step-up/mfa', { acr: 'mfa' }],
    ['/step-up/either', { acr: 'mfa', roles: 'admin' }],
    ['/step-up/either', { acr: 'phr', roles: 'admin' }],
    ['/step-up/recent', { acr: 'mfa', fresh: true }],
    ['/step-up/any', {}],
    ['/in-person/password', { roles: 'admin' }],
  ];
  for (const [path, options] of met) {
    it(`are met at ${path} by ${JSON.stringify(options)}`, async () => {
      const before = ran;
      expect((await answerTo(path, options)).status).to.equal(200);
      expect(ran).to.equal(before + 1);
    });
  }

  const unmet: [path: string, options: IssueOptions, challenge: string, reason: string][] = [
    ['/step-up/mfa', {}, `${insufficient}, acr_values="mfa"`, 'acr'],
    ['/step-up/mfa', { acr: 'pwd' }, `${insufficient}, acr_values="mfa"`, 'acr'],
    ['/step-up/mfa', { acr: 'mfa2', amr: 'mfa' }, `${insufficient}, acr_values="mfa"`, 'acr'],
    ['/step-up/either', { acr: 'MFA' }, `${insufficient}, acr_values="mfa phr"`, 'acr'],
    // Both, so that one login is enough.
    ['/step-up/recent', { acr: 'mfa' }, `${insufficient}, max_age="300", acr_values="mfa"`, 'auth_time'],
    ['/step-up/recent', { fresh: true }, `${insufficient}, max_age="300", acr_values="mfa"`, 'acr'],
    ['/step-up/either', { acr: 'mfa' }, denied, 'roles'],
    ['/in-person/password', { roles: 'admin', actor: 'support-7' }, denied, 'actor'],
    ['/in-person/password', { roles: 'admin', actor: 'ada' }, denied, 'actor'],
  ];
  for (const [path, options, challenge, reason] of unmet) {
    it(`reject a request to ${path} with ${JSON.stringify(options)}`, async () => {
      const before = ran;
      rejections.length = 0;
      const [status, body] =
        challenge === denied
          ? [403, { msg: 'Permission denied', code: 'ERR_JWT_DENIED' }]
          : [401, { msg: 'Fresh token required', code: 'ERR_JWT_NOT_FRESH' }];
      expect(await answerTo(path, options)).to.deep.include({ status, body, challenge });
      expect(rejections).to.have.length(1);
      expect(rejections[0]).to.include({ reason, identity: 'ada' });
      expect(rejections[0]?.actor).to.equal(options.actor);
      expect(ran).to.equal(before);
    });
  }

  it('keep out an actor after a refresh, whatever claimsFor returns', async () => {
    const own = testManager({ clock, claimsFor: () => ({ roles: 'admin' }) });
    const { refresh_token: text } = await own.createTokenPair('ada', { actor: 'support-7' });
    const { access_token: token } = await own.refresh(text);
    expect((await getWith(`${app.url}/in-person/password`, token)).status).to.equal(403);
    expect((await own.verify(token)).actor).to.equal('support-7');
  });

  const shown: [requirement: JwtRequirement, words: string][] = [
    [{ acr: 'mfa' }, 'access, acr: mfa'],
    [{ acr: ['mfa', 'phr'], roles: 'admin' }, 'access, roles: admin, acr: mfa or phr'],
    [{ acr: 'mfa', fresh: '5m' }, 'access, fresh: 5m, acr: mfa'],
    [{ acr: false }, 'access'],
    [{ actor: false, roles: 'admin' }, 'access, no actor, roles: admin'],
  ];
  for (const [requirement, words] of shown) {
    it(`are shown by formatRoutes: ${words}`, () => {
      const route = { method: 'GET', path: '/', controller: 'A', handler: 'b', requirement };
      expect(formatRoutes([route])).to.equal(`GET  /  A.b  ${words}`);
    });
  }

  const wrong: [requirement: object, says: string][] = [
    [{ acr: [] }, 'acr must be a non-empty string or a non-empty list of them'],
    [{ acr: '' }, 'acr must be a non-empty string or a non-empty list of them'],
    [{ acr: 'mfa phr' }, 'acr must be a non-empty string or a non-empty list of them'],
    [{ acr: [1] }, 'acr must be a non-empty string or a non-empty list of them'],
    [{ acr: true }, 'acr must be a non-empty string or a non-empty list of them'],
    [{ actor: true }, 'actor must be false'],
    [{ actor: 'support-7' }, 'actor must be false'],
  ];
  for (const [requirement, says] of wrong) {
    it(`are checked when a method is decorated: ${JSON.stringify(requirement)}`, () => {
      expect(() => JwtRequired(requirement as JwtRequirement)).to.throw(ConfigurationError, says);
    });
  }
});
