import { expect } from 'chai';
import { createSecretKey } from 'node:crypto';
import { JwtError, KeySet, MemoryTokenStore, type JwtManager } from '../../src';
import { coreOf } from '../../src/manager/manager-base';
import type { Key } from '../../src/keys/key';
import { TokenCache, type KnownToken } from '../../src/token/cache';
import type { Token } from '../../src/token/token';
import { callsDuring, signatureSteps } from '../support/calls';
import { forge, partsOf } from '../support/forge';
import { otherSecret, secret, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

const rejected = (attempt: Promise<unknown>) => refusalOf(attempt, JwtError);

const checksDuring = (run: () => unknown) => callsDuring(signatureSteps, run);

describe('the cache of verified tokens', () => {
  for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA'] as const) {
    it(`verifies the signature of a text once: ${algorithm}`, async () => {
      const manager = testManager({ keys: await KeySet.generate(algorithm) });
      const text = await manager.createAccessToken('ada');
      expect(await checksDuring(() => manager.verify(text))).to.have.length(1);
      expect(await checksDuring(() => manager.verify(text))).to.deep.equal([]);
      expect(await manager.verify(text)).to.equal(await manager.verify(text));
    });
  }

  it('remembers nothing with cache: false', async () => {
    const manager = testManager({ cache: false });
    const text = await manager.createAccessToken('ada');
    await manager.verify(text);
    expect(await checksDuring(() => manager.verify(text))).to.have.length(1);
  });

  it('belongs to one manager', async () => {
    const [one, other] = [testManager(), testManager()];
    const text = await one.createAccessToken('ada');
    await one.verify(text);
    expect(await checksDuring(() => other.verify(text))).to.have.length(1);
  });

  it('holds nothing that was not verified', async () => {
    const manager = testManager();
    const { header, claims } = partsOf(await manager.createAccessToken('ada'));
    const forged = forge(header, claims, otherSecret);
    for (let time = 0; time < 3; time++)
      expect(await checksDuring(() => rejected(manager.verify(forged)))).to.have.length(1);
  });

  it('takes no text that differs in any character', async () => {
    const manager = testManager();
    const text = await manager.createAccessToken('ada');
    await manager.verify(text);
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const error = await rejected(manager.verify(text.slice(0, at) + other + text.slice(at + 1)));
      expect(error, String(at)).to.include({ code: 'ERR_JWT_INVALID' });
    }
    for (const changed of [` ${text}`, `${text} `, `A${text}`, text.slice(1)])
      expect(await rejected(manager.verify(changed))).to.include({ code: 'ERR_JWT_INVALID' });
    expect(await manager.verify(text)).to.include({ identity: 'ada' });
  });

  it('knows a token by a longer text that ends with it, and by no other one', async () => {
    const manager = testManager();
    const text = await manager.createAccessToken('ada');
    const core = coreOf(manager);
    const checks = (whole?: string) => checksDuring(() => core.authenticate(text, 'access', whole));
    expect(await checks(`Bearer ${text}`)).to.have.length(1);
    expect(await checks(`Bearer ${text}`)).to.deep.equal([]);
    expect(core.verifier.known(`Bearer ${text}`, 'access', 7)).to.include({ raw: text });
    for (const lead of [0, 6, 8])
      expect(core.verifier.known(`Bearer ${text}`, 'access', lead)).to.equal(undefined);
    expect(await checks(`Bearer ${text}.`)).to.have.length(1);
    expect(core.verifier.known(`Bearer ${text}.`, 'access', 7)).to.equal(undefined);
    expect(await checks()).to.deep.equal([]);
    expect(core.verifier.known(text, 'access')).to.include({ raw: text });
  });

  it('knows a token in a header and alone, used in turn, so that neither takes the place of the other', async () => {
    const manager = testManager();
    const text = await manager.createAccessToken('ada');
    const core = coreOf(manager);
    const wholes = [`Bearer ${text}`, undefined];
    for (const checks of [1, 0, 0])
      for (const whole of wholes)
        expect(await checksDuring(() => core.authenticate(text, 'access', whole))).to.have.length(checks);
  });

  describe('rejects a token that it has', () => {
    const clock = testClock();
    const keys = () =>
      KeySet.fromSecret(secret, { kid: 'old' }).rotate(KeySet.fromSecret(otherSecret, { kid: 'new' }));
    const old = () => KeySet.fromSecret(secret, { kid: 'old' });

    type Case = [
      name: string,
      change: (manager: JwtManager, text: string, keys: KeySet) => unknown,
      code: string,
    ];
    const cases: Case[] = [
      [
        'that has expired',
        () => {
          clock.advance(901);
        },
        'ERR_JWT_EXPIRED',
      ],
      [
        'that comes from the future, when the clock is set back',
        () => {
          clock.advance(-10);
        },
        'ERR_JWT_INVALID',
      ],
      ['that was revoked', (manager, text) => manager.revoke(text), 'ERR_JWT_REVOKED'],
      ['whose user was logged out everywhere', (manager) => manager.revokeAll('ada'), 'ERR_JWT_REVOKED'],
      ['whose key was retired', (_, __, set) => set.retire('old'), 'ERR_JWT_INVALID'],
      [
        'whose key has retired in the meantime',
        (_, __, set) => {
          set.retire('old', { after: 60, clock });
          clock.advance(60);
        },
        'ERR_JWT_INVALID',
      ],
    ];
    for (const [name, change, code] of cases) {
      it(name, async () => {
        const set = keys();
        const manager = testManager({ keys: set, clock, store: new MemoryTokenStore({ clock }) });
        const text = await testManager({ keys: old(), clock }).createAccessToken('ada');
        await manager.verify(text);
        await manager.verify(text);
        await change(manager, text, set);
        for (let time = 0; time < 2; time++)
          expect(await rejected(manager.verify(text))).to.include({ code });
      });
    }

    it('of another type', async () => {
      const manager = testManager({ store: new MemoryTokenStore() });
      const { access_token: access, refresh_token: refresh } = await manager.createTokenPair('ada');
      await manager.verify(access);
      await manager.verify(refresh, { type: 'refresh' });
      expect(await rejected(manager.verify(access, { type: 'refresh' }))).to.include({
        code: 'ERR_JWT_TYPE',
      });
      expect(await rejected(manager.verify(refresh))).to.include({ code: 'ERR_JWT_TYPE' });
      expect(await manager.verify(refresh, { type: 'any' })).to.include({ type: 'refresh' });
    });

    it('whose user logged in after now, when the clock is set back', async () => {
      const now = testClock();
      const manager = testManager({ clock: now, store: new MemoryTokenStore({ clock: now }) });
      const { access_token: text } = await manager.createTokenPair('ada');
      await manager.verify(text);
      now.advance(-6);
      expect(await rejected(manager.verify(text))).to.include({ code: 'ERR_JWT_INVALID' });
    });

    it('without a kid, as soon as there is a second key', async () => {
      const set = old();
      const manager = testManager({ keys: set });
      const { header, claims } = partsOf(await manager.createAccessToken('ada'));
      const text = forge({ ...header, kid: undefined }, claims, secret);
      await manager.verify(text);
      set.add(KeySet.fromSecret(otherSecret, { kid: 'new' }));
      expect(await rejected(manager.verify(text))).to.include({ code: 'ERR_JWT_INVALID' });
    });
  });

  it('knows again a token whose key signs again', async () => {
    const set = KeySet.fromSecret(secret, { kid: 'old' });
    const manager = testManager({ keys: set });
    const text = await manager.createAccessToken('ada');
    await manager.verify(text);
    set
      .rotate(KeySet.fromSecret(otherSecret, { kid: 'new' }))
      .rotate(KeySet.fromSecret(secret, { kid: 'old' }));
    expect(await manager.verify(text)).to.include({ identity: 'ada' });
  });

  for (const cache of [true, null, 10, { maxEntries: 0 }, { maxEntries: 1.5 }, { size: 1 }, []] as never[]) {
    it(`is not configured by ${JSON.stringify(cache)}`, () => {
      expect(() => testManager({ cache })).to.throw(/^JwtManager: cache/);
    });
  }
});

describe('the room in the cache of verified tokens', () => {
  const key: Key = {
    kid: 'a',
    algorithm: 'HS256',
    verifyingKey: createSecretKey(Buffer.alloc(32, 1)),
    signingKey: undefined,
  };
  const token = {} as Token<object>;
  const known: KnownToken<object> = { token, kid: 'a', key, validFrom: 0, validUntil: 1 };
  const textOf = (name: number | string, length = 100) => String(name).padStart(length, '.');
  const held = (cache: TokenCache<object>, texts: readonly string[]) =>
    texts.filter((text) => cache.find(text)).length;
  const numbered = (count: number, start = 0) =>
    Array.from({ length: count }, (_, index) => textOf(start + index));

  it('is for so many entries', () => {
    const cache = new TokenCache(100);
    const texts = numbered(1000);
    for (const text of texts) cache.add(text, known);
    expect(held(cache, texts)).to.equal(100);
  });

  it('is for so many characters: long tokens take the room of several', () => {
    const cache = new TokenCache(10);
    const texts = Array.from({ length: 50 }, (_, index) => textOf(index, 4096));
    for (const text of texts) cache.add(text, known);
    expect(held(cache, texts)).to.equal(2);
    for (const text of numbered(50)) cache.add(text, known);
    expect(held(cache, numbered(50))).to.be.within(9, 10);
  });

  it('has none for a token that is longer than all of it', () => {
    const cache = new TokenCache(1);
    cache.add(textOf('long', 8192), known);
    expect(cache.find(textOf('long', 8192))).to.equal(undefined);
    cache.add(textOf('short'), known);
    cache.add(textOf('long', 8192), known);
    expect(cache.find(textOf('long', 8192))).to.equal(undefined);
  });

  it('is for so many entries after a token that was longer than all of it', () => {
    const cache = new TokenCache(4);
    cache.add(textOf('long', 8192), known);
    for (const text of numbered(20)) cache.add(text, known);
    expect(held(cache, numbered(20))).to.equal(4);
  });

  it('is free again for what was deleted', () => {
    const cache = new TokenCache(10);
    for (const text of numbered(10)) cache.add(text, known);
    for (const text of numbered(10)) cache.delete(text);
    cache.delete('never there');
    for (const text of numbered(10, 100)) cache.add(text, known);
    expect(held(cache, numbered(10))).to.equal(0);
    expect(held(cache, numbered(10, 100))).to.be.at.least(9);
  });

  it('goes to the later of two texts with the same end', () => {
    const cache = new TokenCache(10);
    const [one, other] = [`a${textOf(1)}`, `b${textOf(1)}`];
    cache.add(one, known);
    cache.add(other, known);
    expect([cache.find(one), cache.find(other)?.token]).to.deep.equal([undefined, token]);
  });

  it('stays with the tokens in use while others come once', () => {
    const cache = new TokenCache(1000);
    const hot = numbered(256);
    let misses = 0;
    for (let once = 0; once < 100_000; once++) {
      const text = hot[once % hot.length] as string;
      if (!cache.find(text)) {
        misses++;
        cache.add(text, known);
      }
      cache.add(textOf(`once ${String(once)}`), known);
    }
    expect(misses).to.equal(hot.length);
  });

  it('is not given up by entries that are all in use, and is as soon as they are not', () => {
    const cache = new TokenCache(100);
    const hot = numbered(100);
    for (const text of hot) cache.add(text, known);
    expect(held(cache, hot)).to.equal(100);
    cache.add(textOf('new'), known);
    expect(held(cache, hot)).to.equal(100);
    for (let once = 0; once < 1000; once++) cache.add(textOf(`once ${String(once)}`), known);
    expect(held(cache, hot)).to.equal(0);
  });
});
