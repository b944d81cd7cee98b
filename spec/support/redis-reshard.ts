import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Session, TokenStore } from '../../src';
import { shardOf } from '../../src/store/shard';
import { nodeRedis } from './redis-clients';
import { newSession, now, queryOf, rotationOf } from './redis-sessions';

const run = promisify(execFile);

/** Other sessions of each subject, which make the move of its slot take a while. */
const load = 200;

/** Milliseconds for each verb. */
const patience = 10_000;

/** Moves slots from one node to another as an operator does. */
export async function moveSlots(from: number, to: number, count: number): Promise<void> {
  const [source, target] = await Promise.all([idOfNode(from), idOfNode(to)]);
  const how = ['--cluster-from', source, '--cluster-to', target, '--cluster-slots', String(count)];
  const node = `127.0.0.1:${String(from)}`;
  await run('redis-cli', ['--cluster', 'reshard', node, ...how, '--cluster-yes', '--cluster-pipeline', '1']);
}

async function idOfNode(port: number): Promise<string> {
  const { client, close } = await nodeRedis(urlOf(port));
  const id = await client.clusterMyId();
  close();
  return id;
}

/** The slots of a node. */
export async function slotsOf(port: number): Promise<ReadonlySet<number>> {
  const { client, close } = await nodeRedis(urlOf(port));
  const nodes = await client.clusterNodes();
  close();
  const own = nodes.split('\n').find((line) => line.includes('myself')) ?? '';
  const ranges = [...own.matchAll(/ (\d+)(?:-(\d+))?(?= |$)/g)].slice(3);
  return new Set(ranges.flatMap(([, first = '', last = first]) => range(Number(first), Number(last))));
}

/** Subjects whose keys are in these slots, for the usual prefix. */
export async function subjectsIn(port: number, slots: ReadonlySet<number>, count: number): Promise<string[]> {
  const { client, close } = await nodeRedis(urlOf(port));
  const found: string[] = [];
  for (let index = 0; found.length < count; index++) {
    const subject = `user ${String(index)}`;
    const slot = await client.clusterKeySlot(`{routing-controllers-jwt:${shardOf(subject)}}`);
    if (slots.has(slot)) found.push(subject);
  }
  close();
  return found;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function urlOf(port: number): string {
  return `redis://127.0.0.1:${String(port)}`;
}

/** Asks everything of the sessions of many subjects, over and over, and notes what was wrong. */
export class ShardTraffic {
  readonly wrong: string[] = [];
  /** By subject: how many verbs failed. */
  readonly failed = new Map<string, number>();
  readonly errors = new Set<string>();
  /** By subject: how many verbs were answered. */
  readonly answers = new Map<string, number>();
  readonly #store: TokenStore;
  readonly #subjects: readonly string[];
  readonly #ended: Session[] = [];
  #isOver = false;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(store: TokenStore, subjects: readonly string[]) {
    this.#store = store;
    this.#subjects = subjects;
  }

  get answered(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  async start(): Promise<void> {
    for (const subject of this.#subjects) {
      await this.#store.createSession(newSession(`stays-${subject}`, subject));
      const others = Array.from({ length: load }, (_, index) =>
        newSession(`old-${String(index)}-${subject}`, subject),
      );
      await Promise.all(
        others.map((session) => this.#store.createSession({ ...session, createdAt: now - 1 })),
      );
    }
    this.#loops = Promise.all(this.#subjects.map((subject) => this.#repeat(subject)));
  }

  async untilAnswered(count: number): Promise<void> {
    while (this.answered < count) await setTimeout(5);
  }

  /** No logout that was confirmed was lost, and what was alive is. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#loops;
    for (const session of this.#ended)
      await this.#expect(session, 'is dead', () => this.#isDead(session), true);
  }

  async #repeat(subject: string): Promise<void> {
    const stays = newSession(`stays-${subject}`, subject);
    let generation = 0;
    for (let round = 0; !this.#isOver; round++) {
      const next = newSession(`${String(round)}-${subject}`, subject);
      await this.#expect(stays, 'is alive', () => this.#isDead(stays), false);
      await this.#expect(stays, 'is found', () => this.#find(stays), stays.id);
      const rotation = rotationOf(stays, { generation });
      const outcome = await this.#try(
        subject,
        async () => (await this.#store.rotateSession(rotation)).outcome,
      );
      if (outcome === 'rotated') generation++;
      else if (outcome !== undefined) this.wrong.push(`${subject} rotates: ${outcome}`);
      await this.#loginAndOut(next);
    }
  }

  async #loginAndOut(session: Session): Promise<void> {
    const { subject, id } = session;
    const login = () => this.#store.createSession(session, { deadline: performance.now() + patience });
    if (!(await this.#try(subject, login))) return;
    await this.#expect(session, 'is listed', () => this.#isListed(session), true);
    const logout = () =>
      this.#store.revokeSession(id, now, { subject, deadline: performance.now() + patience });
    const wasAlive = await this.#try(subject, logout);
    if (wasAlive === undefined) return;
    if (!wasAlive) this.wrong.push(`${subject} logs out: false`);
    this.#ended.push(session);
  }

  async #expect<T>(session: Session, what: string, ask: () => Promise<T>, right: T): Promise<void> {
    const answer = await this.#try(session.subject, ask);
    if (answer !== undefined && answer !== right)
      this.wrong.push(`${session.subject} ${what}: ${String(answer)}`);
  }

  async #isDead(session: Session): Promise<boolean> {
    return this.#store.isRevoked(queryOf(session), { deadline: performance.now() + patience });
  }

  async #find({ id }: Session): Promise<string> {
    const found = await this.#store.findSession(id, now, { deadline: performance.now() + patience });
    return found?.id ?? 'nothing';
  }

  async #isListed({ id, subject }: Session): Promise<boolean> {
    const limits = { deadline: performance.now() + patience };
    const sessions = await this.#store.listSessions(subject, now, { limit: 100 }, limits);
    return sessions.some((session) => session.id === id);
  }

  async #try<T>(subject: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.answers.set(subject, (this.answers.get(subject) ?? 0) + 1);
      return answer;
    } catch (error) {
      this.failed.set(subject, (this.failed.get(subject) ?? 0) + 1);
      this.errors.add(String(error).slice(0, 60));
      return undefined;
    }
  }
}
