import { keyUse } from './watched-keys';
import 'reflect-metadata';
import { JwtManager, KeySet } from '../../src';
import { keysFor } from './target';
import { otherSecret } from './manager';

// A process of its own, whose functions for keys are watched from the start.

const algorithms = [
  ...['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'],
  ...['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;

/** What a manager did with keys, for one algorithm. */
export interface KeyUseReport {
  readonly algorithm: string;
  readonly atConstruction: typeof keyUse;
  readonly afterwards: typeof keyUse;
  readonly taken: number;
  readonly refused: number;
}

async function run(): Promise<void> {
  const reports: KeyUseReport[] = [];
  for (const algorithm of algorithms) {
    reset();
    const keys = keysFor(algorithm);
    const manager = new JwtManager({ keys: keys.add(otherKeysFor(algorithm)) });
    const atConstruction = { ...keyUse };
    reset();
    reports.push({ algorithm, atConstruction, ...(await useOf(manager)), afterwards: { ...keyUse } });
  }
  process.send?.(reports);
}

function otherKeysFor(algorithm: string): KeySet {
  return algorithm.startsWith('HS')
    ? KeySet.fromSecret(otherSecret, { kid: 'other' })
    : keysFor('ES256', 'other');
}

async function useOf(manager: JwtManager): Promise<{ taken: number; refused: number }> {
  const counts = { taken: 0, refused: 0 };
  const pairs = [await manager.createTokenPair('ada'), await manager.createTokenPair('bob')];
  const texts = pairs.flatMap((pair) => [pair.access_token, pair.refresh_token]);
  for (const text of [...texts, ...texts.map((good) => `${good.slice(0, -4)}AAAA`), 'x', 'e30.e30.e30'])
    await manager.verify(text, { type: 'any' }).then(
      () => counts.taken++,
      () => counts.refused++,
    );
  return counts;
}

function reset(): void {
  Object.assign(keyUse, { parsed: 0, used: 0, usedAsText: 0 });
}

void run();
