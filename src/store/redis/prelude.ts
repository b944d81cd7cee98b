/** Seconds that the feed of a shard holds at least. */
export const horizon = 7200;

/** The verdict of a script that changed nothing because its deadline had passed. */
export const late = 'late';

/**
 * The start of all scripts. `ARGV[1]` is the deadline of the script, in microseconds of the time of Redis, or empty.
 *
 * A script with a `#!lua` line counts as a write from the start: a replica, a demoted primary and one that is cut off
 * from its replicas (`min-replicas-to-write`) reject it, even if it only reads. `allow-oom` lets it run when Redis is
 * full. Every key is declared: a script never treats a key that has not yet moved to its node as missing.
 *
 * A session is a hash `s:<id>` with these fields: `s` the hash of the subject, `g` generation, `r` rotatedAt, `m`
 * when that was in milliseconds of the time of Redis, `c` createdAt, `u` lastUsedAt, `e` expiresAt, `d` revokedAt.
 *
 * The sessions of a subject that are alive are in one sorted set, each three times, in three ranges of scores: as
 * `c<id>` by createdAt, as `u<id>` by lastUsedAt, as `e<id>` by expiresAt. A session that is not in it has ended,
 * whatever its own row contains, so that ending many of them does not change their rows.
 *
 * What is revoked is told in the same step in the feed of the shard, a stream. See feed.ts.
 */
const prelude = `local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local deadline = tonumber(ARGV[1])
if deadline and clock > deadline then return { clock, '${late}' } end

local offsets = { c = 0, u = 1e12, e = 2e12 }

local function score(list, kind, id)
  local found = redis.call('ZSCORE', list, kind .. id)
  return found and tonumber(found) - offsets[kind]
end

local function isAlive(list, id, now)
  local expiresAt = score(list, 'e', id)
  return expiresAt and expiresAt > now
end

local function enlist(list, id, times)
  for kind, moment in pairs(times) do redis.call('ZADD', list, offsets[kind] + moment, kind .. id) end
end

local function strike(list, details, id)
  redis.call('ZREM', list, 'c' .. id, 'u' .. id, 'e' .. id)
  redis.call('HDEL', details, id .. ':userAgent', id .. ':ip', id .. ':label')
  if redis.call('EXISTS', list) == 0 then redis.call('UNLINK', details) end
end

-- A key lives as long as the longest-lived entry that was ever put in.
local function keep(name, ttl)
  if redis.call('TTL', name) < tonumber(ttl) then redis.call('EXPIRE', name, ttl) end
end

local function put(name, field, value)
  if value ~= '' then redis.call('HSET', name, field, value) end
end

local function push(answer, values)
  for index = 1, #values do answer[#answer + 1] = values[index] or '' end
  return answer
end

local function row(session)
  return redis.call('HMGET', session, 's', 'g', 'r', 'm', 'c', 'u', 'e', 'd')
end

-- What is told of a session: id, g, r, c, u, e, d, userAgent, ip, label
local function tell(answer, session, details, id, revokedAt)
  push(answer, { id })
  push(answer, redis.call('HMGET', session, 'g', 'r', 'c', 'u', 'e'))
  push(answer, { tostring(revokedAt or '') })
  return push(answer, redis.call('HMGET', details, id .. ':userAgent', id .. ':ip', id .. ':label'))
end

-- A feed that is not there, or is not there any more, starts with a note, since what was told before is not in it.
local function begin(feed)
  redis.call('XADD', feed, '*', 'begin', '')
  redis.call('EXPIRE', feed, ${String(2 * horizon)})
end

-- The entry before the new one stays, so that those who have read it see that they have missed none.
local function announce(feed, ...)
  local last = redis.call('XREVRANGE', feed, '+', '-', 'COUNT', 1)[1]
  if not last then begin(feed) end
  local oldest = math.floor(clock / 1000) - ${String(1000 * horizon)}
  if last then oldest = math.min(oldest, tonumber(string.match(last[1], '%d+'))) end
  redis.call('XADD', feed, 'MINID', '~', string.format('%.0f', oldest), '*', ...)
  redis.call('EXPIRE', feed, ${String(2 * horizon)})
  -- Those who do not hear it read the feed a moment later. The user may not be allowed to.
  local prefix, shard = string.match(feed, '([^{]*):(%x%x)}:x$')
  redis.pcall('PUBLISH', prefix .. ':feed', shard)
end

-- Seconds since the last rotation by the clock of Redis; negative when that clock was set back.
local function inWindow(movedAt, grace)
  local age = math.floor(clock / 1000) - tonumber(movedAt)
  return grace > 0 and age >= 0 and age <= grace * 1000
end

`;

/** @param isWelcome whether the script may run when Redis is full */
export function withPrelude(body: string, isWelcome: boolean): string {
  return `#!lua${isWelcome ? ' flags=allow-oom' : ''}\n${prelude}${body.trim()}`;
}
