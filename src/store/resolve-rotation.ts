import type { Rotation, RotationResult, Session } from './token-store';

/**
 * The table of {@link TokenStore.rotateSession}, for a store that locks the row from reading to writing.
 *
 * @param session the row with its real `revokedAt`, also where all sessions of the subject were revoked at once
 * @param age seconds since the last rotation by the clock of the store; negative or NaN if that was set back
 * @returns the result; its session is the new row, the same object if the row does not change
 * @example
 * ```ts
 * const result = resolveRotation(row, rotation, (serverTime - row.movedAt) / 1000);
 * ```
 */
export function resolveRotation(
  session: Session | undefined,
  rotation: Rotation,
  age: number,
): RotationResult {
  const { generation, now, seen, subject, expiresAt } = rotation;
  if (!session || session.subject !== subject || now >= session.expiresAt) return { outcome: 'unknown' };
  if (generation > session.generation) return { outcome: 'unknown' };
  const isRevoked = session.revokedAt !== undefined;
  if (generation === session.generation) {
    if (isRevoked) return { outcome: 'unknown' };
    const rotated = {
      generation: generation + 1,
      rotatedAt: now,
      lastUsedAt: now,
      expiresAt,
      ...given(seen),
    };
    return { outcome: 'rotated', session: { ...session, ...rotated } };
  }
  const isReplay = generation === session.generation - 1 && isInWindow(age, rotation.graceSeconds);
  if (isReplay && !isRevoked) return { outcome: 'replayed', session };
  const dead = isRevoked ? session : { ...session, revokedAt: now };
  return { outcome: 'reused', session: dead, flipped: !isRevoked };
}

/** Whether the previous generation still counts as a second try. */
export function isInWindow(age: number, graceSeconds: number): boolean {
  return graceSeconds > 0 && age >= 0 && age <= graceSeconds;
}

/** What is undefined changes nothing. */
function given(seen: Rotation['seen'] = {}): object {
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));
}
