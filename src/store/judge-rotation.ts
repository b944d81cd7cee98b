import type { Rotation, RotationResult, Session } from './token-store';

/**
 * The table of {@link TokenStore.rotateSession}, for a store that holds the row still from reading to writing.
 *
 * @returns what to answer; its session is what the row has to be from now on, the very same object where it stays
 */
export function judgeRotation(session: Session | undefined, rotation: Rotation): RotationResult {
  const { generation, now, graceSeconds, seen } = rotation;
  if (!session || now >= session.expiresAt || generation > session.generation) return { outcome: 'unknown' };
  const isRevoked = session.revokedAt !== undefined;
  if (generation === session.generation) {
    if (isRevoked) return { outcome: 'unknown' };
    const rotated = { generation: generation + 1, rotatedAt: now, lastUsedAt: now, ...given(seen) };
    return { outcome: 'rotated', session: { ...session, ...rotated } };
  }
  const isInWindow = graceSeconds > 0 && now - session.rotatedAt <= graceSeconds;
  if (generation === session.generation - 1 && isInWindow && !isRevoked)
    return { outcome: 'replayed', session };
  const dead = isRevoked ? session : { ...session, revokedAt: now };
  return { outcome: 'reused', session: dead, flipped: !isRevoked };
}

/** What is undefined changes nothing. */
function given(seen: Rotation['seen'] = {}): object {
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));
}
