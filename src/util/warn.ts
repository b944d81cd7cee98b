/** Emits a process warning. Where that fails, such as in a patched `process`, it changes nothing for the caller. */
export function warn(type: string, message: string): void {
  try {
    process.emitWarning(message, { type });
  } catch {
    // A request must not fail because of a warning.
  }
}
