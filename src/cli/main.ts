#!/usr/bin/env node
import { systemClock } from '../util/clock';
import { run } from './run';

process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // A reader such as `head` may have enough before everything is written.
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`the output cannot be written: ${String(code)}\n`);
  process.exit(1);
});
// The exit code says enough.
process.stderr.on('error', () => undefined);

const io = {
  stdin: process.stdin,
  clock: systemClock,
  write: (text: string) => process.stdout.write(text),
  complain: (text: string) => process.stderr.write(text),
};

void run(process.argv.slice(2), io).then((exitCode) => {
  process.exitCode = exitCode;
});
