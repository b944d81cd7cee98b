import { MemoryTokenStore, type Session } from '../../src';
import { startOfTime, testClock } from './manager';

// A process of its own, started with --expose-gc: a million entries come and go, and what that costs is said as JSON.

/** What was measured. */
export interface MillionReport {
  /** Entries: at the most, after all but the living were over, and how many live. */
  readonly filled: number;
  readonly left: number;
  readonly alive: number;
  /** How many the last sweep says it has dropped. */
  readonly dropped: number;
  /** Bytes: with what lives alone, with everything, and with what lives alone again. */
  readonly heapBefore: number;
  readonly heapFilled: number;
  readonly heapAfter: number;
  /** Whether each living entry is still known, and each dead one still dead. */
  readonly isRight: boolean;
}

const start = startOfTime / 1000;
const soon = start + 900;
const later = start + 90 * 86_400;
const alive = 1000;
const perKind = 250_000;

function newSession(id: string, subject: string, expiresAt: number): Session {
  return { id, subject, generation: 0, rotatedAt: start, createdAt: start, lastUsedAt: start, expiresAt };
}

/** A quarter each: sessions of many, sessions of one, revoked tokens, revoked subjects. */
async function fill(store: MemoryTokenStore): Promise<void> {
  for (let index = 0; index < perKind; index++) {
    const name = String(index);
    await store.createSession(newSession(`many-${name}`, `subject-${name}`, soon));
    await store.createSession(newSession(`one-${name}`, 'ada', soon));
    await store.revokeToken({ jti: `jti-${name}`, subject: 'ada', now: start, expiresAt: soon });
    await store.revokeSubject(`gone-${name}`, start, { keepUntil: soon });
    if (index % 2 === 0) await store.revokeSession(`one-${name}`, start);
  }
}

function heapUsed(): number {
  global.gc?.();
  return process.memoryUsage().heapUsed;
}

function isDead(store: MemoryTokenStore, sessionId: string, subject: string): boolean {
  return store.isRevoked({ jti: 'none', sessionId, subject, issuedAt: start, now: start, graceSeconds: 0 });
}

async function run(): Promise<MillionReport> {
  const clock = testClock();
  const store = new MemoryTokenStore({ clock });
  for (let index = 0; index < alive; index++) {
    await store.createSession(newSession(`alive-${String(index)}`, 'ada', later));
  }
  // What is compiled and cached on the way is no entry.
  await store.purgeExpired();
  const heapBefore = heapUsed();
  await fill(store);
  const filled = store.size;
  const heapFilled = heapUsed();
  clock.advance(2000);
  const dropped = await store.purgeExpired();
  clock.advance(-2000);
  const living = Array.from({ length: alive }, (_, index) => isDead(store, `alive-${String(index)}`, 'ada'));
  const dead = [isDead(store, 'many-1', 'subject-1'), isDead(store, 'one-1', 'ada')];
  return {
    filled,
    left: store.size,
    alive,
    dropped,
    heapBefore,
    heapFilled,
    heapAfter: heapUsed(),
    isRight: !living.includes(true) && !dead.includes(false),
  };
}

void run().then((report) => {
  console.log(JSON.stringify(report));
});
