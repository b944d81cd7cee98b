// Everything that CI checks, one step after the other; a step that fails does not keep the others from running.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const steps = [
  ['types and build', 'npm run build'],
  ['format', 'npm run format:check'],
  ['lint', 'npm run lint'],
  ['floors', 'npm run floors'],
  ['unused code', 'npm run unused'],
  ['specs', 'npm test'],
  ['coverage', 'npm run coverage'],
  ['docs', 'npm run docs:check'],
  ['package', 'npm run package:check'],
];

rmSync('.tmp/counts.json', { force: true });
const results = steps.map(([name, command]) => {
  console.log(`\n── ${name}: ${command}`);
  const start = Date.now();
  const { status } = spawnSync(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, CHECK: '1' },
  });
  return { name, isGood: status === 0, seconds: Math.round((Date.now() - start) / 1000) };
});

console.log('');
for (const { name, isGood, seconds } of results)
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);

const { passes, failures, pending } = counts();
const failedSteps = results.filter(
  ({ name, isGood }) => !isGood && (name !== 'specs' || failures === 0),
).length;
const passed = passes + results.filter(({ isGood }) => isGood).length;
const failed = failures + failedSteps;
const summary = `${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`;
mkdirSync('.tmp', { recursive: true });
writeFileSync('.tmp/summary', `${summary}\n`);
console.log(summary);
process.exitCode = failed > 0 ? 1 : 0;

function counts() {
  try {
    return JSON.parse(readFileSync('.tmp/counts.json', 'utf8'));
  } catch {
    return { passes: 0, failures: 0, pending: 0 };
  }
}
