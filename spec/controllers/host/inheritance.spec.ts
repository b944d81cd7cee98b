import { expect } from 'chai';
import { join } from 'node:path';
import { Authorized, Body, Get, JsonController, Param, Post } from 'routing-controllers';
import {
  createAuthorizationChecker,
  InjectToken,
  JwtPublic,
  JwtRequired,
  Token,
  type JwtManager,
} from '../../../src';
import { ConfigurationError } from '../../../src/errors/errors';
import { type RunningApp, describeOnDrivers, getWith, request, startApp } from '../../support/app';
import { testManager } from '../../support/manager';

class Base {
  @Get('/method')
  @JwtRequired()
  method(@InjectToken() token: Token): object {
    return { identity: token.identity };
  }

  @Get('/overridden')
  @JwtRequired()
  overridden(@InjectToken() token: Token): object {
    return { identity: token.identity };
  }

  @Get('/items/:id')
  @JwtRequired()
  item(@Param('id') id: string, @InjectToken() token: Token) {
    return { id, identity: token.identity };
  }

  @Get('/open')
  open() {
    return { open: true };
  }
}

@JsonController('/child')
class Child extends Base {
  override overridden(token: Token): object {
    return { child: token.identity };
  }
}

@JsonController('/grandchild')
class Grandchild extends Child {
  @Get('/again')
  override method(@InjectToken() token: Token): object {
    return { again: token.identity };
  }
}

@JwtRequired()
class ProtectedBase {
  @Get('/inherited')
  inherited() {
    return { open: false };
  }
}

@JsonController('/of-protected')
class OfProtected extends ProtectedBase {
  @Get('/own')
  own() {
    return { open: false };
  }

  @Post('/public')
  @JwtPublic()
  public(@Body({ validate: false }) body: object) {
    return { open: true, body };
  }
}

@JsonController('/of-of-protected')
class OfOfProtected extends OfProtected {}

class HostBase {
  @Get('/host')
  @Authorized('admin')
  host() {
    return { open: false };
  }
}

@JsonController('/of-host')
class OfHost extends HostBase {}

const globFolder = join(__dirname, '../../support/glob');

/** A suite keeps its controllers to itself, also those of files that its server loads. */
function unloadGlob(): void {
  for (const file of Object.keys(require.cache))
    if (file.startsWith(globFolder)) Reflect.deleteProperty(require.cache, file);
}

describeOnDrivers('inheritance of rules', () => {
  const jwtManager: JwtManager = testManager();
  let app: RunningApp;
  let token: string;

  before(async () => {
    token = await jwtManager.createAccessToken('ada');
    app = await startApp({
      controllers: [
        Child,
        Grandchild,
        OfProtected,
        OfOfProtected,
        OfHost,
        join(globFolder, '*.controller.js'),
      ] as Function[],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
  });

  after(() => app.close());
  after(unloadGlob);

  const guarded = [
    ['/child/method', { identity: 'ada' }],
    ['/child/overridden', { child: 'ada' }],
    ['/child/items/7', { id: '7', identity: 'ada' }],
    ['/grandchild/again', { again: 'ada' }],
    ['/grandchild/overridden', { child: 'ada' }],
    ['/of-protected/inherited', { open: false }],
    ['/of-protected/own', { open: false }],
    ['/of-of-protected/inherited', { open: false }],
    ['/of-of-protected/own', { open: false }],
  ] as const;

  for (const [path, body] of guarded) {
    it(`guards ${path}`, async () => {
      expect(await request(app.url + path)).to.include({ status: 401, challenge: 'Bearer realm="api"' });
      expect(await getWith(app.url + path, token)).to.deep.include({ status: 200, body });
    });
  }

  it('leaves open what was never protected', async () => {
    expect(await request(`${app.url}/child/open`)).to.deep.include({ status: 200, body: { open: true } });
  });

  it('lets an open method of a protected class through, in its subclass, too', async () => {
    for (const controller of ['of-protected', 'of-of-protected']) {
      const answer = await request(`${app.url}/${controller}/public`, { method: 'POST' });
      expect(answer).to.deep.include({ status: 200, body: { open: true, body: {} } });
    }
  });

  it("inherits the host's @Authorized", async () => {
    expect(await request(`${app.url}/of-host/host`)).to.include({ status: 401 });
    expect(await getWith(`${app.url}/of-host/host`, token)).to.include({ status: 403 });
    const admin = await jwtManager.createAccessToken('root', { roles: ['admin'] });
    expect(await getWith(`${app.url}/of-host/host`, admin)).to.include({ status: 200 });
  });

  it('holds for controllers that are loaded by a glob string, base classes included', async () => {
    const clerk = await jwtManager.createAccessToken('bob', { roles: 'clerk' });
    for (const path of ['/glob-orders/whoami', '/glob-orders/list']) {
      expect(await request(app.url + path)).to.include({ status: 401 });
      expect(await getWith(app.url + path, token), path).to.include({ status: 403 });
      expect(await getWith(app.url + path, clerk)).to.include({ status: 200 });
    }
    expect(await request(`${app.url}/glob-orders/prices`)).to.include({ status: 200 });
  });
});

describeOnDrivers('rules that meet', () => {
  const authorizationChecker = createAuthorizationChecker(testManager());

  async function refusalToStart(controller: Function): Promise<string> {
    try {
      const app = await startApp({ controllers: [controller], authorizationChecker });
      await app.close();
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigurationError);
      return (error as Error).message;
    }
    throw new Error('the server was created');
  }

  it('refuses two of ours on one method when it is decorated', () => {
    expect(() => {
      class Twice {
        @JwtRequired({ roles: 'admin' })
        @JwtRequired({ fresh: true })
        method() {}
      }
      return Twice;
    }).to.throw(ConfigurationError, 'Twice.method has two rules');
  });

  it('refuses two of ours on one class when it is decorated', () => {
    expect(() => {
      @JwtRequired()
      @JwtPublic()
      class TwiceOnClass {}
      return TwiceOnClass;
    }).to.throw(ConfigurationError, 'TwiceOnClass has two rules');
  });

  it("adds the host's @Authorized to ours, above and below, on class and method", async () => {
    @JsonController('/merged')
    class Merged {
      @Get('/above')
      @Authorized('admin')
      @JwtRequired({ fresh: true })
      above() {
        return {};
      }

      @Get('/below')
      @JwtRequired({ fresh: true })
      @Authorized('admin')
      below() {
        return {};
      }
    }

    @JsonController('/merged-class')
    @Authorized('admin')
    class MergedClass {
      @Get('/method')
      @JwtRequired({ fresh: true })
      method() {
        return {};
      }

      @Get('/open')
      @JwtPublic()
      open() {
        return {};
      }
    }

    const jwtManager = testManager();
    const app = await startApp({
      controllers: [Merged, MergedClass],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const cases = [
      [{ roles: 'admin', fresh: true }, 200],
      [{ roles: 'admin' }, 401],
      [{ fresh: true }, 403],
    ] as const;
    for (const path of ['/merged/above', '/merged/below', '/merged-class/method']) {
      for (const [options, status] of cases) {
        const token = await jwtManager.createAccessToken('ada', options);
        expect(await getWith(app.url + path, token), path).to.include({ status });
      }
    }
    expect(await request(`${app.url}/merged-class/open`)).to.include({ status: 200 });
    await app.close();
  });

  it('adds the rule of a class to the rule that its base class has on the method', async () => {
    class Reports {
      @Get('/fresh')
      @JwtRequired({ fresh: true })
      fresh() {
        return {};
      }
    }

    @JsonController('/admin-reports')
    @JwtRequired({ roles: 'admin' })
    class AdminReports extends Reports {}

    const jwtManager = testManager();
    const app = await startApp({
      controllers: [AdminReports],
      authorizationChecker: createAuthorizationChecker(jwtManager),
    });
    const admin = await jwtManager.createAccessToken('ada', { roles: 'admin' });
    expect(await getWith(`${app.url}/admin-reports/fresh`, admin)).to.include({ status: 401 });
    const fresh = await jwtManager.createAccessToken('ada', { fresh: true });
    expect(await getWith(`${app.url}/admin-reports/fresh`, fresh)).to.include({ status: 403 });
    const both = await jwtManager.createAccessToken('ada', { fresh: true, roles: 'admin' });
    expect(await getWith(`${app.url}/admin-reports/fresh`, both)).to.include({ status: 200 });
    await app.close();
  });

  it('refuses to start when they cannot hold at once', async () => {
    class Base {
      @Get('/open')
      @JwtPublic()
      open() {
        return {};
      }
    }

    @JsonController('/closed')
    @JwtRequired()
    class Closed extends Base {}

    @JsonController('/roles')
    class Roles {
      @Get('/roles')
      @Authorized('admin')
      @JwtRequired({ roles: 'clerk' })
      roles() {
        return {};
      }
    }

    expect(await refusalToStart(Closed)).to.equal(
      '@JwtPublic meets a rule that demands a token on Closed.open: decorate that method with one rule that says what you mean',
    );
    expect(await refusalToStart(Roles)).to.include("two rules for 'roles' meet on Roles.roles");
  });

  it('refuses to start when a method wants the token and lets everyone in', async () => {
    @JsonController('/unguarded')
    class Unguarded {
      @Get('/')
      method(@InjectToken() token: Token): object {
        return token;
      }
    }

    @JsonController('/public')
    @JwtRequired()
    class Public {
      @Get('/')
      @JwtPublic()
      method(@InjectToken() token: Token): object {
        return token;
      }
    }

    expect(await refusalToStart(Unguarded)).to.include('Unguarded.method has @InjectToken() but is public');
    expect(await refusalToStart(Public)).to.include('Public.method has @InjectToken() but is public');
  });
});
