import { expect } from 'chai';
import { JwtManager, KeySet, TokenExpiredError, TokenInvalidError, WrongTokenTypeError } from '../../src';
import { callsDuring, signatureSteps } from '../support/calls';
import { forge } from '../support/forge';
import { secret, startOfTime, testClock, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

/** How many signatures were checked while the work was done. */
async function checksDuring(work: () => Promise<unknown>): Promise<number> {
  return (await callsDuring(signatureSteps, work)).length;
}

describe('a token that comes again', () => {
  it('has its signature checked once, and is a new Token each time', async () => {
    const jwtManager = testManager();
    const text = await jwtManager.createAccessToken('ada', { claims: { list: [1] }, roles: 'member' });
    const tokens: unknown[] = [];
    const checks = await checksDuring(async () => {
      for (let time = 0; time < 3; time++) tokens.push(await jwtManager.verify(text));
    });
    expect(checks).to.equal(1);
    expect(new Set(tokens).size).to.equal(3);
    expect(tokens[2]).to.deep.equal(tokens[0]);
  });

  it('is judged anew by time and by type', async () => {
    const clock = testClock();
    const jwtManager = testManager({ clock, accessTokenTtl: 10 });
    const text = await jwtManager.createAccessToken('ada');
    await jwtManager.verify(text);
    await refusalOf(jwtManager.verify(text, { type: 'refresh' }), WrongTokenTypeError);
    clock.advance(10);
    await refusalOf(jwtManager.verify(text), TokenExpiredError);
    clock.advance(-11);
    await refusalOf(jwtManager.verify(text), TokenInvalidError);
  });

  it('is unknown to another manager', async () => {
    const [one, other] = [secret, `${secret}, and more`].map((text) =>
      testManager({ keys: KeySet.fromSecret(text, { kid: 'the-same' }) }),
    ) as [JwtManager, JwtManager];
    const text = await one.createAccessToken('ada');
    await one.verify(text);
    await refusalOf(other.verify(text), TokenInvalidError);
  });

  it('is refused once its header names no key any more', async () => {
    const [keys, others] = [KeySet.fromSecret(secret), await KeySet.generate('HS256')];
    const jwtManager = new JwtManager({ keys, clock: testClock() });
    const now = startOfTime / 1000;
    const claims = { sub: 'ada', jti: 'x', iat: now, exp: now + 60 };
    const text = forge({ alg: 'HS256', typ: 'at+jwt' }, claims, secret);
    expect((await jwtManager.verify(text)).identity).to.equal('ada');
    keys.add(others);
    await refusalOf(jwtManager.verify(text), TokenInvalidError);
  });

  it('does not let another spelling of it in', async () => {
    const jwtManager = testManager();
    const text = await jwtManager.createAccessToken('ada');
    await jwtManager.verify(text);
    for (const spelling of [`${text}=`, ` ${text}`, `${text}\n`, text.slice(0, -1), text.toUpperCase()]) {
      await refusalOf(jwtManager.verify(spelling), TokenInvalidError);
    }
    await refusalOf(jwtManager.verify(Object(text) as string), TokenInvalidError);
  });

  it('is checked each time while its signature does not hold', async () => {
    const jwtManager = testManager();
    const [adas, eves] = [
      await jwtManager.createAccessToken('ada'),
      await jwtManager.createAccessToken('eve'),
    ];
    for (const token of [adas, eves]) await jwtManager.verify(token);
    const [header = '', claims = ''] = eves.split('.');
    const signature = adas.slice(adas.lastIndexOf('.'));
    for (const bad of [`${header}.${claims}${signature}`, `${eves.slice(0, -43)}${'A'.repeat(43)}`]) {
      const checks = await checksDuring(async () => {
        for (let time = 0; time < 2; time++) await refusalOf(jwtManager.verify(bad), TokenInvalidError);
      });
      expect(checks).to.equal(2);
    }
  });

  it('is forgotten when a thousand others came after it', async () => {
    const jwtManager = testManager();
    const first = await jwtManager.createAccessToken('first');
    await jwtManager.verify(first);
    const verifyOthers = async (count: number) => {
      for (let index = 0; index < count; index++) {
        await jwtManager.verify(await jwtManager.createAccessToken('other'));
      }
    };
    await verifyOthers(1023);
    expect(await checksDuring(() => jwtManager.verify(first))).to.equal(0);
    await verifyOthers(1);
    expect(await checksDuring(() => jwtManager.verify(first))).to.equal(1);
  });
});
