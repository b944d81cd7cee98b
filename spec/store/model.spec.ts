import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describeOnEachStore } from '../support/each-store';
import { isFull } from '../support/full';
import { anyStep, runSteps } from '../support/session-steps';

const seed = Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31));
const stepsPerWorld = isFull ? 100 : 50;
/** Worlds that run at once: they must not touch each other, and a server that is waited for is not idle. */
const worldsAtOnce = 10;

/** A mistake is brought down to what is needed for it, but not for ever. */
const patience = { interruptAfterTimeLimit: isFull ? 90_000 : 40_000, markInterruptAsFailure: true };

const worlds = fc.array(fc.array(anyStep, { minLength: stepsPerWorld, maxLength: stepsPerWorld }), {
  minLength: worldsAtOnce,
  maxLength: worldsAtOnce,
  size: 'max',
});

describeOnEachStore('A store beside a plain model of its table', (use) => {
  const steps = Number(process.env['MODEL_STEPS'] ?? (isFull ? 10_000 : 500));

  it(`answers the same, in ${String(steps)} steps of any kind (MODEL_SEED=${String(seed)})`, async () => {
    const property = fc.asyncProperty(worlds, (all) => runSteps(use(), all));
    const numRuns = steps / stepsPerWorld / worldsAtOnce;
    await fc.assert(property, { seed, numRuns, ...patience });
  }).timeout(isFull ? 600_000 : 60_000);
});
