import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KeySet } from '../../src';
import { callsDuring, signatureSteps } from '../support/calls';
import { forge, partsOf } from '../support/forge';
import { isFull } from '../support/full';
import { otherSecret, secret, testManager } from '../support/manager';

const flood = isFull ? 100_000 : 3000;
const maxEntries = 500;

/** The heap without what nothing refers to. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

describe('D13: a flood of forged tokens and of valid ones that are used once', function () {
  this.timeout(600_000);

  it('leaves the tokens in use in the cache, and does not grow it', async () => {
    const manager = testManager({ cache: { maxEntries } });
    const hot = await Promise.all(Array.from({ length: 64 }, () => manager.createAccessToken('ada')));
    const { header, claims } = partsOf(hot[0] as string);
    let checks = 0;
    let verifiedAgain = 0;
    const send = async (key: string) => {
      const text = forge(header, { ...claims, jti: randomUUID() }, key);
      await manager.verify(text).catch(() => undefined);
    };
    const floodOnce = async () => {
      for (let sent = 0; sent < flood; sent++) {
        await send(sent % 2 === 0 ? otherSecret : secret);
        const inUse = hot[sent % hot.length] as string;
        if (sent % 50 !== 0) await manager.verify(inUse);
        else {
          checks++;
          verifiedAgain += (await callsDuring(signatureSteps, () => manager.verify(inUse))).length;
        }
      }
    };
    await Promise.all(hot.map((text) => manager.verify(text)));
    await floodOnce();
    const before = heap();
    await floodOnce();
    expect((heap() - before) / 2 ** 20).to.be.lessThan(2);
    expect(checks).to.be.at.least(100);
    expect(verifiedAgain).to.equal(0);
  });
});

describe('eight keys', () => {
  it('cost one signature check, as one key does, whichever of them signed', async () => {
    const keys = await KeySet.generate('HS256', { kid: 'key-0' });
    const manager = testManager({ keys, cache: false });
    const texts = [await manager.createAccessToken('ada')];
    for (let next = 1; next < 8; next++) {
      keys.rotate(await KeySet.generate('HS256', { kid: `key-${String(next)}` }));
      texts.push(await manager.createAccessToken('ada'));
    }
    expect(keys.kids).to.have.length(8);
    for (const text of texts)
      expect(await callsDuring(signatureSteps, () => manager.verify(text))).to.have.length(1);
  });
});
