import { expect } from 'chai';
import { CurrentUser, Get, JsonController, useContainer } from 'routing-controllers';
import { Container, Service } from 'typedi';
import { createAuthorizationChecker, InjectToken, JwtManager, JwtRequired, Token } from '../../src';
import { type RunningApp, describeOnDrivers, getWith, startApp } from '../support/app';
import { testManager } from '../support/manager';

interface User {
  readonly name: string;
}

@Service()
class UserService {
  readonly #names = new Map([
    ['1', 'Ada'],
    ['3', 'Eve'],
  ]);
  loads = 0;

  isWelcome({ name }: User): boolean {
    return name !== 'Eve';
  }

  async find(id: string): Promise<User | undefined> {
    this.loads++;
    const name = this.#names.get(id);
    return Promise.resolve(name === undefined ? undefined : { name });
  }
}

@JsonController('/with-container')
@Service()
class InjectedController {
  constructor(
    private readonly users: UserService,
    private readonly jwtManager: JwtManager,
  ) {}

  @Get('/me')
  @JwtRequired()
  async me(@CurrentUser() user: User, @InjectToken() token: Token) {
    const again = await this.users.find(token.identity);
    return { name: user.name, same: again?.name === user.name };
  }

  @Get('/token')
  @JwtRequired({ check: (_token, _action, user: User) => Container.get(UserService).isWelcome(user) })
  async token(@InjectToken() { identity }: Token) {
    const text = await this.jwtManager.createAccessToken(identity);
    return { identity: (await this.jwtManager.verify(text)).identity };
  }
}

@JsonController('/without-container')
class PlainController {
  @Get('/me')
  @JwtRequired()
  me(@CurrentUser() user: User) {
    return user;
  }
}

/** The host has one container for the process and no way back but one that knows nothing. */
function useNoContainer(): void {
  useContainer({ get: () => undefined as never }, { fallback: true });
}

describeOnDrivers('with a container', () => {
  const jwtManager = testManager();
  let app: RunningApp;
  let users: UserService;

  before(async () => {
    Container.set(JwtManager, jwtManager);
    useContainer(Container);
    users = Container.get(UserService);
    app = await startApp({
      controllers: [InjectedController],
      authorizationChecker: createAuthorizationChecker(Container.get(JwtManager), {
        currentUserChecker: ({ identity }) => Container.get(UserService).find(identity),
      }),
    });
  });

  after(async () => {
    await app.close();
    useNoContainer();
    Container.reset();
  });

  const get = async (path: string, identity: string) =>
    getWith(`${app.url}/with-container${path}`, await jwtManager.createAccessToken(identity));

  it('controllers and the loader of users share its services', async () => {
    const before = users.loads;
    expect(await get('/me', '1')).to.deep.include({ status: 200, body: { name: 'Ada', same: true } });
    expect(users.loads - before).to.equal(2);
  });

  it('a controller has the manager injected, and a check takes services out of it', async () => {
    expect(await get('/token', '1')).to.deep.include({ status: 200, body: { identity: '1' } });
    expect(await get('/token', '3')).to.deep.include({ status: 403 });
  });

  it('a user whom the service does not know is refused', async () => {
    expect(await get('/me', '2')).to.deep.include({
      status: 401,
      body: { msg: 'Token is invalid', code: 'ERR_JWT_INVALID' },
      challenge: 'Bearer realm="api", error="invalid_token", error_description="Token is invalid"',
    });
  });
});

describeOnDrivers('without a container', () => {
  it('controllers and the loader of users work all the same', async () => {
    const jwtManager = testManager();
    const users = new UserService();
    const app = await startApp({
      controllers: [PlainController],
      authorizationChecker: createAuthorizationChecker(jwtManager, {
        currentUserChecker: ({ identity }) => users.find(identity),
      }),
    });
    const url = `${app.url}/without-container/me`;
    const answers = await Promise.all(
      ['1', '2'].map(async (id) => getWith(url, await jwtManager.createAccessToken(id))),
    );
    await app.close();
    expect(answers.map(({ status, body }) => [status, body])).to.deep.equal([
      [200, { name: 'Ada' }],
      [401, { msg: 'Token is invalid', code: 'ERR_JWT_INVALID' }],
    ]);
  });
});
