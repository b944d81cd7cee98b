/**
 * Leaves the specs of a suite pending when what they need is missing, and says why; where `REQUIRE_SERVICES` is 1 they
 * fail. To be called in a `before` hook.
 *
 * @param reason why it is missing; undefined when it is there
 */
export function requireService(context: Mocha.Context, name: string, reason: string | undefined): void {
  if (reason === undefined) return;
  if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(`${name} is required: ${reason}`);
  context.runnable().parent?.eachTest((spec) => {
    spec.title += ` (needs ${name}: ${reason})`;
  });
  context.skip();
}
