// Everything that CI checks, one step after the other; a step that fails does not keep the others from running.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const steps = [
  ['format', 'npm run format:check'],
  ['lint', 'npm run lint'],
  ['floors', 'npm run floors'],
  ['unused code', 'npm run unused'],
  ['types and build', 'npm run build'],
  ['package', 'npm run package:check'],
  ['specs and examples', 'npm run test:full'],
  ['coverage', 'npm run coverage'],
  ['docs', 'npm run docs:check'],
];

const countsFolder = '.tmp/counts';
rmSync(countsFolder, { recursive: true, force: true });
const results = steps.map(([name, command]) => {
  console.log(`\n── ${name}: ${command}`);
  const start = Date.now();
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  return { name, isGood: status === 0, seconds: Math.round((Date.now() - start) / 1000) };
});

const { passes, failures, pending, failed: failedSpecs } = counts();
console.log('');
for (const { name, isGood, seconds } of results)
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
// Repeated at the end, where readers look first; the full report is above.
for (const spec of failedSpecs) console.log(spec.split('\n').slice(0, 6).join('\n'));

// A spec that failed is counted already; a step of specs that failed without one did not run to its end.
const failedSteps = results.filter(
  ({ name, isGood }) => !isGood && (!name.startsWith('specs') || failures === 0),
);
const passed = passes + results.filter(({ isGood }) => isGood).length;
const failed = failures + failedSteps.length;
if (pending > 0) console.log(`${pending} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Of all processes that ran specs. */
function counts() {
  const total = { passes: 0, failures: 0, pending: 0, failed: [] };
  for (const file of existsSync(countsFolder) ? readdirSync(countsFolder) : []) {
    const { passes, failures, pending, failed } = JSON.parse(readFileSync(join(countsFolder, file), 'utf8'));
    total.passes += passes;
    total.failures += failures;
    total.pending += pending;
    total.failed.push(...failed);
  }
  return total;
}
