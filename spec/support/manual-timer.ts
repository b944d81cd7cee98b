/** Timers of one length that run only when a spec says so. */
export interface ManualTimer {
  /** Whether one is set. */
  readonly isSet: boolean;
  /** Whether the one that is set keeps the process alive. */
  readonly holdsProcess: boolean;
  /** Runs the one that is set, and waits until the next one is. */
  tick(): Promise<void>;
  /** Runs it without waiting for the next one. */
  fire(): void;
  restore(): void;
}

/** Takes the place of `setTimeout` for timers of this many milliseconds. */
export function manualTimer(milliseconds: number): ManualTimer {
  const { setTimeout: original, clearTimeout: originalClear } = globalThis;
  let pending: { run: () => void; held: boolean } | undefined;
  let onSet: (() => void) | undefined;
  const set = (run: () => void): object => {
    const timer = { run, held: true, unref: () => Object.assign(timer, { held: false }) };
    pending = timer;
    onSet?.();
    return timer;
  };
  const fire = (): void => {
    const due = pending;
    pending = undefined;
    due?.run();
  };
  const replacement = (...given: Parameters<typeof original>): unknown =>
    given[1] === milliseconds ? set(given[0]) : original(...given);
  Object.assign(globalThis, { setTimeout: Object.assign(replacement, original) });
  globalThis.clearTimeout = (timer) => {
    if (timer === (pending as unknown)) pending = undefined;
    else originalClear(timer);
  };
  return {
    get isSet() {
      return pending !== undefined;
    },
    get holdsProcess() {
      return pending?.held === true;
    },
    fire,
    tick: () =>
      new Promise((resolve) => {
        onSet = resolve;
        fire();
      }),
    restore: () => {
      Object.assign(globalThis, { setTimeout: original, clearTimeout: originalClear });
    },
  };
}
