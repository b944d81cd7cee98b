import { expect } from 'chai';
import { IsEmail } from 'class-validator';
import {
  ConfigurationError,
  InvalidRequestError,
  JwtManager,
  MemoryTokenStore,
  StoreUnavailableError,
  Token,
  TokenExpiredError,
  TokenInvalidError,
  TokenRevokedError,
  WrongTokenTypeError,
  type IssuedEvent,
  type OnceEvent,
  type RevocationQuery,
  type StoreLimits,
  type TicketOptions,
  type TokenStore,
} from '../../src';
import { partsOf } from '../support/forge';
import { secret, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';
import { sessionWorld } from '../support/session-world';

const reset = { purpose: 'reset-password' };
const hour: TicketOptions = { ...reset, expiresIn: '1h' };

describe('A ticket', () => {
  it('is a token of its own type, for a purpose, and no login', async () => {
    const { manager, now } = sessionWorld();
    const issued: IssuedEvent[] = [];
    manager.on('issued', (event) => issued.push(event));
    const text = await manager.createTicket('ada', { ...hour, claims: { email: 'ada@example.com' } });
    const { header, claims } = partsOf(text);
    expect(header).to.include({ typ: 'ticket+jwt' });
    const { jti, ...others } = claims;
    expect(jti).to.match(/^[\w-]{22}$/);
    expect(others).to.deep.equal({
      ...{ sub: 'ada', email: 'ada@example.com', ticket: reset },
      ...{ iat: now(), nbf: now(), exp: now() + 3600 },
    });
    expect(issued).to.deep.equal([
      {
        ...{ type: 'ticket', identity: 'ada', tokenId: jti, sessionId: undefined },
        expiresAt: new Date((now() + 3600) * 1000),
      },
    ]);
    expect(await manager.listSessions('ada')).to.deep.equal([]);
  });

  it('is redeemed once, for its token', async () => {
    const { manager, told } = sessionWorld();
    const text = await manager.createTicket('ada', { ...hour, claims: { email: 'ada@example.com' } });
    const token = await manager.redeemTicket(text, reset);
    expect(token).to.be.instanceOf(Token);
    const { identity, type, claims, sessionId, roles, authenticatedAt } = token;
    expect({ identity, type, claims, sessionId, roles, authenticatedAt }).to.deep.equal({
      ...{ identity: 'ada', type: 'ticket', claims: { email: 'ada@example.com' } },
      ...{ sessionId: undefined, roles: [], authenticatedAt: undefined },
    });
    for (const name of ['again', 'and again'])
      expect((await refusalOf(manager.redeemTicket(text, reset), TokenRevokedError)).status, name).to.equal(
        401,
      );
    expect(told.map(([, event]) => 'reason' in event && [event.reason, event.identity])).to.deep.equal([
      ['used', 'ada'],
      ['used', 'ada'],
    ]);
  });

  it('that is reusable is redeemed until it expires', async () => {
    const { manager, clock } = sessionWorld();
    const text = await manager.createTicket('ada', { ...hour, reusable: true });
    expect(partsOf(text).claims['ticket']).to.deep.equal({ ...reset, reusable: true });
    for (const seconds of [0, 1800, 1799]) {
      clock.advance(seconds);
      await manager.redeemTicket(text, reset);
    }
    clock.advance(1);
    await refusalOf(manager.redeemTicket(text, reset), TokenExpiredError);
  });

  it('is dead once it has expired, used or not, and within the tolerance it is used once', async () => {
    const clock = testClock();
    const manager = testManager({ clock, clockTolerance: 60, store: new MemoryTokenStore({ clock }) });
    const [late, used] = [await manager.createTicket('ada', hour), await manager.createTicket('ada', hour)];
    await manager.redeemTicket(used, reset);
    clock.advance(3659);
    await refusalOf(manager.redeemTicket(used, reset), TokenRevokedError);
    clock.advance(1);
    for (const text of [late, used]) await refusalOf(manager.redeemTicket(text, reset), TokenExpiredError);
  });

  it('of another purpose is not redeemed, and stays usable for its own', async () => {
    const { manager, told } = sessionWorld();
    const text = await manager.createTicket('ada', hour);
    for (const purpose of ['reset-passwor', 'Reset-Password', 'reset-password ', 'confirm-email'])
      await refusalOf(manager.redeemTicket(text, { purpose }), TokenInvalidError);
    expect(told.map(([, event]) => 'reason' in event && event.reason)).to.deep.equal(
      Array(4).fill('purpose'),
    );
    await manager.redeemTicket(text, reset);
  });

  for (const reusable of [false, true]) {
    const what = reusable ? 'that is reusable' : 'that is unused';
    it(`${what} ends with all logins of its identity, and alone`, async () => {
      const { manager, clock } = sessionWorld();
      const [first, second] = [
        await manager.createTicket('ada', { ...hour, reusable }),
        await manager.createTicket('ada', { ...hour, reusable }),
      ];
      const other = await manager.createTicket('bob', { ...hour, reusable });
      await manager.revoke(first);
      await refusalOf(manager.redeemTicket(first, reset), TokenRevokedError);
      await manager.redeemTicket(second, reset);
      const third = await manager.createTicket('ada', { ...hour, reusable });
      await manager.revokeAll('ada');
      for (const text of [second, third])
        await refusalOf(manager.redeemTicket(text, reset), TokenRevokedError);
      await manager.redeemTicket(other, reset);
      clock.advance(6);
      await manager.redeemTicket(await manager.createTicket('ada', { ...hour, reusable }), reset);
    });
  }

  it('is no login: verify, refresh and the types of tokens leave it alone', async () => {
    const { manager } = sessionWorld();
    const text = await manager.createTicket('ada', hour);
    const pair = await manager.createTokenPair('ada');
    for (const [attempt, message] of [
      [manager.verify(text), 'Only access tokens are allowed'],
      [manager.verify(text, { type: 'refresh' }), 'Only refresh tokens are allowed'],
      [manager.verify(text, { type: 'any' }), 'Tickets are not allowed'],
      [manager.refresh(text), 'Only refresh tokens are allowed'],
      [manager.redeemTicket(pair.access_token, reset), 'Only tickets are allowed'],
      [manager.redeemTicket(pair.refresh_token, reset), 'Only tickets are allowed'],
    ] as const)
      expect((await refusalOf(attempt, WrongTokenTypeError)).message).to.equal(message);
    await refusalOf(manager.verify(text, { type: 'ticket' as 'any' }), ConfigurationError);
    await manager.redeemTicket(text, reset);
  });

  it('of another manager is not redeemed', async () => {
    const store = new MemoryTokenStore();
    const [one, other] = ['https://a.example', 'https://b.example'].map((issuer) =>
      testManager({ issuer, audience: issuer, store }),
    ) as [JwtManager, JwtManager];
    const text = await one.createTicket('ada', hour);
    await refusalOf(other.redeemTicket(text, reset), TokenInvalidError);
    expect(await one.redeemTicket(text, reset)).to.include({ issuer: 'https://a.example' });
  });

  it('that is no text is a malformed request', async () => {
    const { manager } = sessionWorld();
    for (const text of [undefined, null, 1, ['x'], {}])
      await refusalOf(manager.redeemTicket(text as never, reset), InvalidRequestError);
  });

  it('has claims that fit the class of the manager', async () => {
    class Address {
      @IsEmail()
      email!: string;
    }
    const manager = new JwtManager({ secret, claims: Address, store: new MemoryTokenStore() });
    const text = await manager.createTicket('ada', { ...hour, claims: { email: 'ada@example.com' } });
    expect((await manager.redeemTicket(text, reset)).claims).to.be.instanceOf(Address);
    const error = await refusalOf(
      manager.createTicket('ada', { ...hour, claims: { email: 'x' } }),
      ConfigurationError,
    );
    expect(error.message).to.match(/^claims do not fit Address/);
  });
});

describe('createTicket and redeemTicket', () => {
  const wrong: [options: object | undefined, says: RegExp][] = [
    [undefined, /^createTicket: the options must be an object, such as \{ purpose: 'reset-password'/],
    [{ expiresIn: '1h' }, /^createTicket: purpose must be a string/],
    [{ ...hour, purpose: '' }, /^createTicket: purpose must be a string/],
    [{ ...hour, purpose: 'a\nb' }, /^createTicket: purpose must be a string/],
    [{ ...hour, purpose: 'x'.repeat(256) }, /^createTicket: purpose must be a string/],
    [reset, /^createTicket: expiresIn must be a whole number of seconds/],
    [{ ...hour, expiresIn: 0 }, /^createTicket: expiresIn must be between/],
    [{ ...hour, expiresIn: '1000d' }, /^expiresIn must be at most 7776000 seconds/],
    [{ ...hour, reusable: 1 }, /^createTicket: reusable must be true or false/],
    [{ ...hour, roles: 'admin' }, /^createTicket has no option 'roles'/],
    [{ ...hour, claims: { ticket: 'x' } }, /must not contain 'ticket'/],
    [{ ...hour, claims: 'x' }, /^claims must be an object/],
  ];
  for (const [options, says] of wrong) {
    it(`say what is wrong about ${JSON.stringify(options)?.slice(0, 80)}`, async () => {
      const error = await refusalOf(testManager().createTicket('ada', options as never), ConfigurationError);
      expect(error.message).to.match(says);
    });
  }

  it('say what is wrong about the identity and the purpose to redeem', async () => {
    const manager = testManager();
    expect((await refusalOf(manager.createTicket('', hour), ConfigurationError)).message).to.match(
      /^identity/,
    );
    const text = await manager.createTicket('ada', hour);
    for (const options of [undefined, {}, { purpose: '' }, { purpose: 1 }, { ...reset, type: 'any' }])
      expect(
        (await refusalOf(manager.redeemTicket(text, options as never), ConfigurationError)).message,
      ).to.match(/^redeemTicket/);
    await manager.redeemTicket(text, reset);
  });

  /** A store of somebody else that keeps no tickets. */
  const plainStore = (): TokenStore =>
    new Proxy(new MemoryTokenStore(), {
      get: (target, name) => {
        const verb: unknown = name === 'remember' ? undefined : Reflect.get(target, name);
        return typeof verb === 'function' ? (verb.bind(target) as unknown) : verb;
      },
    });

  for (const [what, store] of [
    ['no store', (): false => false],
    ['a store that remembers no use', plainStore],
  ] as const) {
    it(`need more than ${what}, except for reusable tickets`, async () => {
      const manager = testManager({ store: store() });
      const error = await refusalOf(manager.createTicket('ada', hour), ConfigurationError);
      expect(error.message).to.match(/^createTicket: .* needs a store that remembers its use/);
      const reusable = await manager.createTicket('ada', { ...hour, reusable: true });
      for (let use = 0; use < 2; use++) await manager.redeemTicket(reusable, reset);
      const text = await testManager().createTicket('ada', hour);
      const late = await refusalOf(manager.redeemTicket(text, reset), ConfigurationError);
      expect(late.message).to.match(/needs a store that remembers its use/);
    });
  }

  for (const [what, remember] of [
    ['throws', () => Promise.reject(new Error('down'))],
    ['hangs', () => new Promise<boolean>(() => undefined)],
    ['returns nonsense', () => Promise.resolve('yes')],
    ['returns nothing', () => Promise.resolve(undefined)],
  ] as const) {
    it(`let nothing through when the store ${what}`, async () => {
      const store = Object.assign(new MemoryTokenStore(), { remember });
      const manager = testManager({ store: store as TokenStore, storeTimeout: 1 });
      const text = await manager.createTicket('ada', hour);
      await refusalOf(manager.redeemTicket(text, reset), StoreUnavailableError);
    });
  }

  it('share one timeout between the two questions to the store', async () => {
    const limits: number[] = [];
    class SlowStore extends MemoryTokenStore {
      override isRevoked(query: RevocationQuery): boolean {
        const end = performance.now() + 5;
        while (performance.now() < end);
        return super.isRevoked(query);
      }

      override remember(event: OnceEvent, given?: Partial<StoreLimits>): Promise<boolean> {
        limits.push(Number(given?.deadline) - performance.now());
        return super.remember(event, given);
      }
    }
    const manager = testManager({ store: new SlowStore(), storeTimeout: 60 });
    await manager.redeemTicket(await manager.createTicket('ada', hour), reset);
    expect(limits).to.have.lengthOf(1);
    expect(limits[0]).to.be.below(60_000);
  });
});
