/** Runs an action and returns the process warnings that it causes, which reach nobody else. */
export async function warningsDuring(run: () => Promise<unknown>): Promise<Error[]> {
  const warnings: Error[] = [];
  const usual = process.listeners('warning');
  const note = (warning: Error) => warnings.push(warning);
  process.removeAllListeners('warning').on('warning', note);
  try {
    await run();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', note);
    for (const listener of usual) process.on('warning', listener);
  }
  return warnings;
}
