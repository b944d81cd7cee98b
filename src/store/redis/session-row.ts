import type { Session } from '../token-store';

/** How many texts a script returns for a session. */
const width = 10;

/** @param texts the result of `tell` of the prelude, for any number of sessions of one subject */
export function sessionsOf(texts: readonly string[], subject: string): Session[] {
  const sessions: Session[] = [];
  for (let start = 0; start < texts.length; start += width) {
    sessions.push(sessionOf(texts.slice(start, start + width), subject));
  }
  return sessions;
}

function sessionOf(texts: readonly string[], subject: string): Session {
  const [id = '', generation, rotatedAt, createdAt, lastUsedAt, expiresAt, revokedAt, ...details] = texts;
  const [userAgent, ip, label] = details;
  return {
    id,
    subject,
    generation: Number(generation),
    rotatedAt: Number(rotatedAt),
    createdAt: Number(createdAt),
    lastUsedAt: Number(lastUsedAt),
    expiresAt: Number(expiresAt),
    ...(revokedAt && { revokedAt: Number(revokedAt) }),
    ...(userAgent && { userAgent: decode(userAgent) }),
    ...(ip && { ip: decode(ip) }),
    ...(label && { label: decode(label) }),
  };
}

/** JSON preserves any text, even half a surrogate pair. A missing text is the empty text. */
export function encode(text: string | undefined): string {
  return text === undefined ? '' : JSON.stringify(text);
}

/** @throws SyntaxError when it is not what `encode` returned */
export function decode(text: string): string {
  return String(JSON.parse(text));
}
