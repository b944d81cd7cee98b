import { setTimeout } from 'node:timers/promises';

/** Sends those requests that are due, again and again. @returns all latencies in milliseconds, sorted */
export async function steadily(seconds, rate, send) {
  const latencies = [];
  const start = performance.now();
  for (let sent = 0; sent < rate * seconds;) {
    await setTimeout(1);
    const due = Math.floor(Math.min(seconds, (performance.now() - start) / 1000) * rate) - sent;
    if (due > 0) latencies.push(...(await send(due)));
    sent += due;
  }
  return latencies.sort((one, other) => one - other);
}
