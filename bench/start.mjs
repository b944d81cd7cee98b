// What it costs to load the library: processor time and memory of a new process, next to what it builds on.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isQuick, median, printTable } from './report.mjs';

const rounds = isQuick ? 1 : 15;
const dist = fileURLToPath(new URL('../dist/src/', import.meta.url));
const probe = `
  const before = process.cpuUsage();
  for (const name of JSON.parse(process.argv[1])) require(name);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (user + system) / 1000, memory: process.memoryUsage().rss / 2 ** 20 }));
`;

const host = ['reflect-metadata', 'routing-controllers'];
const contestants = [
  ['Node.js alone', []],
  ['jsonwebtoken', ['jsonwebtoken']],
  ['routing-controllers', host],
  ['routing-controllers-jwt', [...host, `${dist}index.js`]],
  ['routing-controllers-jwt/redis', [`${dist}redis.js`]],
  ['routing-controllers-jwt/typeorm', [`${dist}typeorm.js`]],
];

const figures = contestants.map(() => ({ cpu: [], memory: [] }));
for (let round = 0; round < rounds; round++) {
  for (const [index, [, modules]] of contestants.entries()) {
    const { cpu, memory } = JSON.parse(
      execFileSync(process.execPath, ['-e', probe, JSON.stringify(modules)]),
    );
    figures[index].cpu.push(cpu);
    figures[index].memory.push(memory);
  }
}
const rows = contestants.map(([name], index) => {
  const { cpu, memory } = figures[index];
  return [name, median(cpu).toFixed(0), median(memory).toFixed(0)];
});
printTable('A new process that loads these modules', [['', 'processor ms', 'resident MiB'], ...rows]);
