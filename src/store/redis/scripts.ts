import { createHash } from 'node:crypto';
import { createSession } from './create-session';
import { horizon, late, withPrelude } from './prelude';
import { readFeed } from './read-feed';

/** A script, the hash by which Redis knows it, and what it may return in the second place. */
export interface Script {
  readonly text: string;
  readonly sha: string;
  readonly verdicts: readonly string[];
}

/**
 * keys: session, list, details, subject, feed
 *
 * id, hash, generation, now, expiresAt, TTL, grace, userAgent, ip
 *
 * A replica lets tokens pass without asking for less time than the feed is kept: an end that comes earlier than before is told if
 * it is that near.
 *
 * A session that ended together with others has no time of its own. The last time that several sessions of the
 * subject ended is returned instead.
 */
const rotateSession = `
local session, list, details, subject, feed = unpack(KEYS)
local id, hash = ARGV[2], ARGV[3]
local generation, now, grace = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[8])
local s, g, r, m, c, u, e, d = unpack(row(session))
if s ~= hash or now >= tonumber(e) or generation > tonumber(g) then return { clock, 'unknown' } end
local isDead = d or not score(list, 'e', id)
if generation == tonumber(g) then
  if isDead then return { clock, 'unknown' } end
  redis.call('HSET', session, 'g', generation + 1, 'r', now, 'm', math.floor(clock / 1000), 'u', now, 'e', ARGV[6])
  redis.call('EXPIRE', session, ARGV[7])
  enlist(list, id, { u = now, e = ARGV[6] })
  put(details, id .. ':userAgent', ARGV[9])
  put(details, id .. ':ip', ARGV[10])
  keep(list, ARGV[7])
  keep(details, ARGV[7])
  local expiresAt = tonumber(ARGV[6])
  if expiresAt >= tonumber(e) or expiresAt > now + ${String(horizon)} then return tell({ clock, 'rotated' }, session, details, id) end
  announce(feed, 'earlier', hash .. id)
  return tell({ clock, 'shortened' }, session, details, id)
end
if isDead then
  local ended = redis.call('HMGET', subject, 'revokedAt', 'endedAt')
  local all = ended[1] and tonumber(ended[1]) >= tonumber(c) and ended[1]
  return tell({ clock, 'reused' }, session, details, id, d or all or ended[2] or c)
end
if generation == tonumber(g) - 1 and inWindow(m, grace) then
  return tell({ clock, 'replayed' }, session, details, id)
end
redis.call('HSET', session, 'd', now)
local answer = tell({ clock, 'flipped' }, session, details, id, now)
strike(list, details, id)
announce(feed, 'reused', hash .. id)
return answer
`;

/** keys: session. Tells the hash of its subject, with which the keys of the next script can be named. */
const locate = `
local hash = redis.call('HGET', KEYS[1], 's')
if not hash then return { clock, 'unknown' } end
return { clock, 'found', hash }
`;

/** keys: session, list, details, feed. id, hash, now */
const revokeSession = `
local session, list, details, feed = unpack(KEYS)
local s, g, r, m, c, u, e, d = unpack(row(session))
if s ~= ARGV[3] or d or not isAlive(list, ARGV[2], tonumber(ARGV[4])) then return { clock, 'dead' } end
redis.call('HSET', session, 'd', ARGV[4])
strike(list, details, ARGV[2])
announce(feed, 'session', ARGV[3] .. ARGV[2])
return { clock, 'revoked' }
`;

/**
 * keys: list, details, subject, forgotten, feed
 *
 * now, notBefore, TTL, id of the session that is spared or empty, 'forget' or empty, hash
 *
 * Its cost does not depend on how many sessions there are.
 */
const revokeSubject = `
local list, details, subject, forgotten, feed = unpack(KEYS)
local now, notBefore, ttl, id = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local state = redis.call('HMGET', subject, 'notBefore', 'revokedAt')
redis.call('HSET', subject, 'notBefore', math.max(notBefore, tonumber(state[1] or notBefore)),
  'revokedAt', math.max(now, tonumber(state[2] or now)))
keep(subject, ttl)
local spared = id ~= '' and isAlive(list, id, now)
local fields = { 'subject', id .. ':userAgent', id .. ':ip', id .. ':label' }
local times, known, left
if spared then
  times = { c = score(list, 'c', id), u = score(list, 'u', id), e = score(list, 'e', id) }
  known, left = redis.call('HMGET', details, unpack(fields)), redis.call('TTL', list)
end
if ARGV[6] == 'forget' and redis.call('EXISTS', list) == 1 then
  redis.call('RENAME', list, forgotten)
end
redis.call('UNLINK', list, details)
if spared then
  enlist(list, id, times)
  for index, field in ipairs(fields) do put(details, field, known[index] or '') end
  keep(list, left)
  keep(details, left)
end
announce(feed, 'subject', ARGV[7] .. ARGV[3] .. ' ' .. (spared and id or ''))
return { clock, 'revoked' }
`;

/** keys: forgotten. How many. Tells the ids of sessions whose rows are to be erased. */
const forgotten = `
local answer = { clock, 'forgotten' }
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[2]) - 1)) do
  push(answer, { string.sub(member, 2) })
end
return answer
`;

/** keys: forgotten, and sessions. Their ids */
const erase = `
for index = 2, #KEYS do
  redis.call('UNLINK', KEYS[index])
  local id = ARGV[index]
  redis.call('ZREM', KEYS[1], 'c' .. id, 'u' .. id, 'e' .. id)
end
return { clock, 'erased' }
`;

/**
 * keys: list. How many, and after which session: createdAt and id, or empty
 *
 * Tells id and createdAt of each. The session that the page starts after may have ended: it is put back for as long as
 * its place is looked up.
 */
const page = `
local list, count, id = KEYS[1], tonumber(ARGV[2]), ARGV[4]
local answer = { clock, 'page' }
if redis.call('EXISTS', list) == 0 then return answer end
local start = redis.call('ZCOUNT', list, 5e11, '+inf')
if ARGV[3] ~= '' then
  local isNew = redis.call('ZADD', list, 'NX', ARGV[3], 'c' .. id) == 1
  start = redis.call('ZREVRANK', list, 'c' .. id) + 1
  if isNew then
    redis.call('ZREM', list, 'c' .. id)
    start = start - 1
  end
end
local found = redis.call('ZREVRANGE', list, start, start + count - 1, 'WITHSCORES')
for index = 1, #found, 2 do push(answer, { string.sub(found[index], 2), found[index + 1] }) end
return answer
`;

/** keys: list, details, and sessions. now, their ids. Tells the subject, and what is known of those that are alive. */
const sessions = `
local list, details, now = KEYS[1], KEYS[2], tonumber(ARGV[2])
local answer = push({ clock, 'sessions' }, redis.call('HMGET', details, 'subject'))
for index = 3, #KEYS do
  local id = ARGV[index]
  if isAlive(list, id, now) and redis.call('EXISTS', KEYS[index]) == 1 then tell(answer, KEYS[index], details, id) end
end
return answer
`;

/** keys: token, feed. TTL, hash and jti */
const revokeToken = `
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], '', 'EX', ARGV[2]) end
announce(KEYS[2], 'token', ARGV[3])
return { clock, 'revoked' }
`;

/** keys: event. TTL */
const remember = `
local isNews = redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[2])
return { clock, isNews and 'news' or 'known' }
`;

/** keys: token, subject. Time of issue */
const isTokenRevoked = `
if redis.call('EXISTS', KEYS[1]) == 1 then return { clock, 'dead' } end
local notBefore = tonumber(redis.call('HGET', KEYS[2], 'notBefore'))
return { clock, notBefore and tonumber(ARGV[2]) <= notBefore and 'dead' or 'alive' }
`;

/** keys: token, session, list. id, now, generation or empty, grace. Tells when a session that is alive expires. */
const isSessionRevoked = `
local token, session, list = unpack(KEYS)
local generation, grace = tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('EXISTS', token) == 1 or not isAlive(list, ARGV[2], tonumber(ARGV[3])) then return { clock, 'dead' } end
local state = redis.call('HMGET', session, 'g', 'm')
if not state[1] then return { clock, 'dead' } end
local age = generation and tonumber(state[1]) - generation or 0
local isCurrent = age == 0 or age == 1 and inWindow(state[2], grace)
if not isCurrent then return { clock, 'dead' } end
return { clock, 'alive', score(list, 'e', ARGV[2]) }
`;

/** The numbers above start at `ARGV[2]`. A login and the use of a ticket fail when Redis is full. */
export const scripts = {
  createSession: script(createSession, ['created', 'taken', 'rejected'], false),
  rotateSession: script(rotateSession, ['rotated', 'shortened', 'replayed', 'reused', 'flipped', 'unknown']),
  locate: script(locate, ['found', 'unknown']),
  revokeSession: script(revokeSession, ['revoked', 'dead']),
  revokeSubject: script(revokeSubject, ['revoked']),
  forgotten: script(forgotten, ['forgotten']),
  erase: script(erase, ['erased']),
  page: script(page, ['page']),
  sessions: script(sessions, ['sessions']),
  revokeToken: script(revokeToken, ['revoked']),
  remember: script(remember, ['news', 'known'], false),
  isTokenRevoked: script(isTokenRevoked, ['dead', 'alive']),
  isSessionRevoked: script(isSessionRevoked, ['dead', 'alive']),
  readFeed: script(readFeed, ['read']),
};

function script(body: string, verdicts: string[], isWelcome = true): Script {
  const text = withPrelude(body, isWelcome);
  return { text, sha: createHash('sha1').update(text).digest('hex'), verdicts: [...verdicts, late] };
}
