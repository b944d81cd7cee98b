import { JwtManager, type JwtManagerOptions } from '../../src';

/** A secret that is good enough for HS512. */
export const secret = 'kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQiRtUxYzKvBnMlPwSjDhGfCe';

/** Another one, of somebody else. */
export const otherSecret = 'Jx2nVb8GtYq5LmWc0RzHd7KfPs4AeUo9TiXgNv3QyBlZ1hMw6CkEjDrSuFa';

/** The time at which injected clocks start: 2026-01-01T00:00:00Z. */
export const startOfTime = Date.UTC(2026, 0, 1);

/** A clock that stands still until it is moved. */
export interface TestClock {
  (): number;
  /** Moves by seconds, fractions included. */
  advance(seconds: number): void;
}

export function testClock(start = startOfTime): TestClock {
  let now = start;
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
  });
}

export function testManager(options: Partial<JwtManagerOptions> = {}): JwtManager {
  return new JwtManager({ ...(options.keys ? {} : { secret }), ...options });
}
