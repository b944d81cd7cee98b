import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { ManagerEvents } from '../src';
import { testManager } from './support/manager';

const names = [
  'issued',
  'rejected',
  'sessionCreated',
  'sessionRotated',
  'sessionReplayed',
  'sessionReused',
  'sessionRevoked',
] as const satisfies (keyof ManagerEvents)[];

type Told = [channel: string, message: unknown];

/** Does something while a tracing tool listens to everything, and says what the tool heard. */
async function traced(run: () => Promise<unknown>): Promise<Told[]> {
  const told: Told[] = [];
  const hear = (message: unknown, channel: string | symbol) => told.push([String(channel), message]);
  for (const name of names) subscribe(`routing-controllers-jwt:${name}`, hear);
  try {
    await run();
  } finally {
    for (const name of names) unsubscribe(`routing-controllers-jwt:${name}`, hear);
  }
  return told;
}

/** One of each event, by two managers, and all the tokens that there were. */
async function everything(jwtManager = testManager()): Promise<string[]> {
  const pair = await jwtManager.createTokenPair('ada');
  const next = await jwtManager.refresh(pair.refresh_token);
  const again = await jwtManager.refresh(pair.refresh_token);
  const last = await jwtManager.refresh(next.refresh_token);
  await jwtManager.refresh(pair.refresh_token).catch(() => undefined);
  await jwtManager.verify('nonsense').catch(() => undefined);
  await jwtManager.verify(last.access_token).catch(() => undefined);
  await jwtManager.revokeAll('ada');
  return [pair, next, again, last].flatMap(({ access_token, refresh_token }) => [
    access_token,
    refresh_token,
  ]);
}

describe('the channels for tracing tools', () => {
  it('carry every event, the same object that a listener gets, in the same order', async () => {
    const jwtManager = testManager();
    const heard: Told[] = [];
    for (const name of names)
      jwtManager.on(name, (event: unknown) => heard.push([`routing-controllers-jwt:${name}`, event]));
    const told = await traced(() => everything(jwtManager));
    expect(told.map(([channel]) => channel)).to.include.members(
      names.map((name) => `routing-controllers-jwt:${name}`),
    );
    expect(told.map(([channel]) => channel)).to.deep.equal(heard.map(([channel]) => channel));
    told.forEach(([, message], index) => {
      expect(message).to.equal(heard[index]?.[1]);
    });
  });

  it('carry what all managers do', async () => {
    const told = await traced(async () => {
      await testManager().createAccessToken('ada');
      await testManager({ issuer: 'other' }).createAccessToken('bob');
    });
    expect(told.map(([, message]) => (message as { identity: string }).identity)).to.deep.equal([
      'ada',
      'bob',
    ]);
  });

  it('never carry the text of a token', async () => {
    let tokens: string[] = [];
    const told = await traced(async () => {
      tokens = await everything();
    });
    const text = inspect(told, { depth: Infinity, showHidden: true }) + JSON.stringify(told);
    for (const token of tokens) {
      for (const part of token.split('.').slice(1)) expect(text).to.not.include(part);
    }
    expect(told.length).to.be.greaterThan(10);
  });

  it('carry nothing any more once nobody listens', async () => {
    const told = await traced(() => Promise.resolve());
    await everything();
    expect(told).to.deep.equal([]);
  });
});
