#!/usr/bin/env node
import { systemClock } from '../util/clock';
import { run } from './run';

// A reader such as `head` may have enough before everything is written.
process.stdout.on('error', () => process.exit(0));

const io = {
  stdin: process.stdin,
  clock: systemClock,
  write: (text: string) => process.stdout.write(text),
  complain: (text: string) => process.stderr.write(text),
};

void run(process.argv.slice(2), io).then((exitCode) => {
  process.exitCode = exitCode;
});
