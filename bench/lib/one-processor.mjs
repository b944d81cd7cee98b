import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const mark = 'BENCH_ONE_PROCESSOR';

/**
 * Runs this program again with client and server on one processor, where there is `taskset`. On two, a server that is faster than
 * its client spares itself the work of waking it, so the slower of two methods seems to cost some microseconds more than it does.
 */
export function onOneProcessor() {
  if (process.env[mark]) return;
  const pin = ['-c', String(availableParallelism() - 1)];
  if (spawnSync('taskset', [...pin, 'true']).status !== 0) return;
  const { status } = spawnSync('taskset', [...pin, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [mark]: '1' },
  });
  process.exit(status ?? 1);
}

/** Keeps a process on one processor, where there are several and there is `taskset`. @returns whether it is kept there */
export function keepOn(processor, pid) {
  const arguments_ = ['-a', '-c', '-p', String(processor), String(pid)];
  return availableParallelism() > 1 && spawnSync('taskset', arguments_).status === 0;
}
