import type { RevocationQuery, StoreLimits } from '../token-store';
import type { KeyNames } from './names';
import type { ScriptRunner } from './script-runner';
import { scripts } from './scripts';

/** What Redis knows of a token. */
interface Verdict {
  readonly verdict: string | undefined;
  /** When the session of a token that is alive ends, Unix seconds. */
  readonly expiresAt: number;
}

/** Asks Redis whether a token is revoked. */
export async function askRevoked(
  runner: ScriptRunner,
  names: KeyNames,
  { jti, sessionId, generation, subject, issuedAt, now, graceSeconds }: RevocationQuery,
  limits?: Partial<StoreLimits>,
): Promise<Verdict> {
  const token = names.ofToken(jti, subject);
  const keys = names.ofSubject(subject);
  const [verdict, expiresAt = Infinity] = await (sessionId === undefined
    ? runner.run(scripts.isTokenRevoked, [token, keys.subject], [String(issuedAt)], limits)
    : runner.run(
        scripts.isSessionRevoked,
        [token, names.ofSession(sessionId), keys.sessions],
        [sessionId, String(now), String(generation ?? ''), String(graceSeconds)],
        limits,
      ));
  return { verdict, expiresAt: Number(expiresAt) };
}
