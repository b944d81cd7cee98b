/**
 * Checks what holds for so many milliseconds. A check that failed is repeated only if it took longer, because then the
 * time may have been over.
 */
export async function inTime(milliseconds: number, check: () => Promise<void>): Promise<void> {
  for (;;) {
    const begin = performance.now();
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() - begin <= milliseconds) throw error;
    }
  }
}
