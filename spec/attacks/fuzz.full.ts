import { randomBytes, randomInt } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { TokenExpiredError, TokenInvalidError } from '../../src';
import { jwkOf, keyPairFor, testKeyPair } from '../support/keys';
import { badClaims, badHeaderMembers, brokenDocuments, textMutations } from '../support/mutations';
import { encode } from '../support/forge';
import { targetFor, targetKid, signToken, type Target } from '../support/target';

const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const runs = 20_000;

const algorithms = ['HS256', 'ES256', 'RS256'] as const;
const [hmac, ec, rsa] = algorithms.map((algorithm) => targetFor(algorithm, { store: false })) as [
  Target,
  Target,
  Target,
];
const targets = [hmac, ec, rsa];

/** Something of every target; few of RSA: one signature takes as long as thirty of the others. */
function ofAnyTarget<T>(arbitraryFor: (target: Target) => fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: arbitraryFor(hmac), weight: 12 },
    { arbitrary: arbitraryFor(ec), weight: 7 },
    { arbitrary: arbitraryFor(rsa), weight: 1 },
  );
}

function goodTokens({ sign, header, claims, now }: Target): string[] {
  const refresh = header({ typ: 'rt+jwt' });
  return [
    sign(header(), claims()),
    sign(header(), claims({ sub: 'bob', roles: ['member'], scope: 'read write', auth_time: now })),
    sign(header({ kid: undefined }), claims({ email: 'ada@example.test', list: [1, { deep: [true] }] })),
    sign(refresh, claims({ jti: 'token-2', exp: now + 86_400 })),
    sign(refresh, claims({ jti: 'token-3', sid: 'session-1', gen: 3, sxp: now + 900 })),
  ];
}

/** Good tokens, each with what takes it. */
const good = new Map(
  targets.flatMap((target) => goodTokens(target).map((token) => [token, target] as const)),
);
const anyGood = fc.constantFrom(...good.keys());

/** A text, and the algorithm of the manager that it is for. */
type Hostile = readonly [algorithm: string, text: string];

const mutatedText = fc
  .tuple(anyGood, anyGood, textMutations)
  .map(([token, other, mutate]): Hostile => [good.get(token)?.algorithm ?? '', mutate(token, other)]);

const stranger = testKeyPair('ec', { namedCurve: 'prime256v1' }).privateKey;
const strangersSecret = 'a secret of the attacker that is long enough';

/** Ways to sign claims without a key of ours. */
const forgeries: readonly ((target: Target, claims: object) => string)[] = [
  ({ header }, claims) => signToken('HS256', header({ alg: 'HS256' }), claims, ''),
  ({ header }, claims) => signToken('HS256', header({ alg: 'HS256' }), claims, keyPairFor('RS256').publicPem),
  ({ header }, claims) => signToken('HS256', header({ alg: 'HS256' }), claims, keyPairFor('ES256').publicPem),
  ({ header }, claims) => signToken('HS256', header(), claims, strangersSecret),
  ({ header }, claims) => signToken('ES256', header(), claims, stranger),
  ({ header }, claims) =>
    signToken('ES256', header({ jwk: jwkOf(stranger, { d: undefined }) }), claims, stranger),
  ({ header }, claims) => `${encode(header())}.${encode(claims)}.${encode(randomBytes(32))}`,
  ({ header }, claims) => `${encode(header())}.${encode(claims)}.${encode(randomBytes(64))}`,
  ({ header }, claims) => `${encode(header())}.${encode(claims)}.${encode(randomBytes(256))}`,
  ({ header }, claims) => `${encode(header({ alg: 'none' }))}.${encode(claims)}.`,
  (target, claims) => {
    const [header, , signature] = goodTokens(target)[0]?.split('.') ?? [];
    return [header, encode(claims), signature].join('.');
  },
];

/** Claims as an attacker would like them, signed by whatever the attacker has. */
const signedByStrangers = fc
  .tuple(
    fc.constantFrom(hmac, ec),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    fc.constantFrom(...forgeries),
  )
  .map(([target, wishes, forge]): Hostile => {
    const claims = target.claims({ ...wishes, sub: 'admin', roles: ['admin'] });
    return [target.algorithm, forge(target, claims)];
  });

/** A member that does not hold, signed by our own key. */
const signedBadMembers = ofAnyTarget(({ algorithm, now, header, claims, sign }) =>
  fc
    .oneof(
      badHeaderMembers(algorithm, targetKid).map(([name, value]) =>
        sign({ ...header(), [name]: value }, claims()),
      ),
      badClaims(now).map(([name, value]) => sign(header(), claims({ [name]: value }))),
    )
    .map((text): Hostile => [algorithm, text]),
);

/** Text that is no JSON object, signed by our own key. */
const signedBadDocuments = ofAnyTarget(({ algorithm, header, claims, sign }) =>
  fc
    .tuple(brokenDocuments, fc.boolean())
    .map(([breakDocument, inHeader]): Hostile => [
      algorithm,
      inHeader
        ? sign(breakDocument(JSON.stringify(header())), claims())
        : sign(header(), breakDocument(JSON.stringify(claims()))),
    ]),
);

const hostileTokens: readonly [string, fc.Arbitrary<Hostile>, number][] = [
  ['whose text was changed', mutatedText, 0.4],
  ['that somebody else has signed', signedByStrangers, 0.15],
  ['with a member that does not hold, signed by our own key', signedBadMembers, 0.3],
  ['that are no JSON objects, signed by our own key', signedBadDocuments, 0.15],
];

describe(`${String(runs)} hostile tokens (FUZZ_SEED=${String(seed)})`, () => {
  let tried = 0;

  for (const [name, tokens, share] of hostileTokens) {
    it(`are refused with an error of ours: tokens ${name}`, async () => {
      const property = fc.asyncProperty(tokens, async ([algorithm, text]) => {
        fc.pre(!good.has(text));
        tried++;
        const { manager } = targets.find((target) => target.algorithm === algorithm) ?? hmac;
        await expectRefusal(manager.verify(text, { type: 'any' }));
      });
      await fc.assert(property, { seed, numRuns: runs * share });
    }).timeout(120_000);
  }

  it('were as many as it says', () => {
    expect(tried).to.equal(runs);
  });

  it('come from good tokens, which are taken', async () => {
    for (const [token, { manager }] of good) await manager.verify(token, { type: 'any' });
  });
});

async function expectRefusal(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof TokenInvalidError || error instanceof TokenExpiredError) return;
    throw new Error('the refusal is none of ours', { cause: error });
  }
  throw new Error('it was taken');
}
