import { createHash } from 'node:crypto';

/** A script, the hash by which Redis knows it, and what it may answer with in the second place. */
export interface Script {
  readonly text: string;
  readonly sha: string;
  readonly verdicts: readonly string[];
}

/** The verdict of a script that changed nothing, as its time was over. */
export const late = 'late';

/**
 * What all scripts start with. `ARGV[1]` is until when the script may take effect, in microseconds of the time of
 * Redis, or empty; `ARGV[2]` is the first key without what all keys start with, which is told by the key itself: a
 * client may put a prefix of its own before it.
 *
 * Keys that a row names cannot be declared beforehand; all are in one slot.
 */
const prelude = `local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local deadline = tonumber(ARGV[1])
if deadline and clock > deadline then return { clock, '${late}' } end

local base = string.sub(KEYS[1], 1, #KEYS[1] - #ARGV[2])
local function key(kind, id)
  return base .. kind .. ':' .. id
end

local function read(id)
  local text = redis.call('GET', key('session', id))
  return text and cjson.decode(text), text
end

local function write(row)
  local text = cjson.encode(row)
  redis.call('SET', key('session', row.id), text, 'KEEPTTL')
  return text
end

-- A key lives as long as the longest-lived entry that was ever put in.
local function keep(name, ttl)
  if redis.call('TTL', name) < tonumber(ttl) then redis.call('EXPIRE', name, ttl) end
end

-- Since when a session is revoked. Without the subject's counter, which somebody may have deleted, it is.
local function deathOf(row)
  if row.revokedAt then return row.revokedAt end
  local state = redis.call('HMGET', key('subject', row.subject), 'dead', 'spared', 'revokedAt')
  local dead = tonumber(state[1])
  if dead and (row.serial > dead or row.id == state[2]) then return nil end
  return tonumber(state[3]) or 0
end

local function kill(row, now)
  row.revokedAt = tonumber(now)
  redis.call('ZREM', key('sessions', row.subject), row.id)
  return write(row)
end

-- The counter starts at the time: should one be lost, the sessions that it has counted are dead for the next one.
local function startCounter(name)
  if redis.call('EXISTS', name) == 1 then return end
  local start = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', name, 'serial', start, 'dead', start)
end

`;

/** session, TTL, the end of sessions that are long over */
const createSession = `
local row = cjson.decode(ARGV[3])
local session, subject, list = key('session', row.id), key('subject', row.subject), key('sessions', row.subject)
if redis.call('EXISTS', session) == 1 then return { clock, 'taken' } end
startCounter(subject)
row.serial = redis.call('HINCRBY', subject, 'serial', 1)
redis.call('SET', session, cjson.encode(row), 'EX', ARGV[4])
redis.call('ZREMRANGEBYSCORE', list, '-inf', ARGV[5])
redis.call('ZADD', list, row.expiresAt, row.id)
keep(subject, ARGV[4])
keep(list, ARGV[4])
return { clock, 'created' }
`;

/** id, generation, now, grace, what was seen */
const rotateSession = `
local generation, now, grace = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local row, text = read(ARGV[3])
if not row or now >= row.expiresAt or generation > row.generation then return { clock, 'unknown' } end
local death = deathOf(row)
if generation == row.generation then
  if death then return { clock, 'unknown' } end
  for name, value in pairs(cjson.decode(ARGV[7])) do row[name] = value end
  row.generation, row.rotatedAt, row.lastUsedAt = generation + 1, now, now
  return { clock, 'rotated', write(row) }
end
if not death and generation == row.generation - 1 and grace > 0 and now - row.rotatedAt <= grace then
  return { clock, 'replayed', text }
end
if not death then return { clock, 'reused', kill(row, now), 'flipped' } end
row.revokedAt = death
return { clock, 'reused', cjson.encode(row) }
`;

/** id, now */
const revokeSession = `
local row = read(ARGV[3])
if not row or tonumber(ARGV[4]) >= row.expiresAt or deathOf(row) then return { clock, 'dead' } end
kill(row, ARGV[4])
return { clock, 'revoked' }
`;

/**
 * subject, now, TTL, id of the session that is spared, or empty
 *
 * It costs the same however many sessions there are: all that were counted until now are dead but the spared one. A
 * session that is dead already must not be spared, as that would revive it. Only the last time is remembered: it is
 * when all of them are said to have been revoked.
 */
const revokeSubject = `
local subject, list = key('subject', ARGV[3]), key('sessions', ARGV[3])
local row = ARGV[6] ~= '' and read(ARGV[6])
if row and (row.subject ~= ARGV[3] or deathOf(row)) then row = nil end
startCounter(subject)
local state = redis.call('HMGET', subject, 'serial', 'notBefore')
local notBefore = math.max(tonumber(ARGV[4]), tonumber(state[2]) or 0)
redis.call('HSET', subject, 'dead', state[1], 'spared', row and row.id or '', 'revokedAt', ARGV[4], 'notBefore', notBefore)
keep(subject, ARGV[5])
redis.call('UNLINK', list)
if row then
  redis.call('ZADD', list, row.expiresAt, row.id)
  keep(list, redis.call('TTL', key('session', row.id)))
end
return { clock, 'revoked' }
`;

/** subject, now */
const listSessions = `
local answer = { clock, 'listed' }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('sessions', ARGV[3]), '(' .. ARGV[4], '+inf')) do
  local text = redis.call('GET', key('session', id))
  if text then table.insert(answer, text) end
end
return answer
`;

/** jti, TTL */
const revokeToken = `
local token = key('revoked', ARGV[3])
if redis.call('TTL', token) < tonumber(ARGV[4]) then redis.call('SET', token, '', 'EX', ARGV[4]) end
return { clock, 'revoked' }
`;

/** jti, subject, time of issue, session id, generation; the last two may be empty */
const isRevoked = `
if redis.call('EXISTS', key('revoked', ARGV[3])) == 1 then return { clock, 'dead' } end
if ARGV[6] == '' then
  local notBefore = tonumber(redis.call('HGET', key('subject', ARGV[4]), 'notBefore'))
  return { clock, notBefore and tonumber(ARGV[5]) <= notBefore and 'dead' or 'alive' }
end
local row = read(ARGV[6])
if not row or row.subject ~= ARGV[4] or deathOf(row) then return { clock, 'dead' } end
local generation = tonumber(ARGV[7])
if not generation then return { clock, 'alive' } end
return { clock, (generation < row.generation - 1 or generation > row.generation) and 'dead' or 'alive' }
`;

/** One for each verb of a store. The numbers above start at `ARGV[3]`. */
export const scripts = {
  createSession: script(createSession, 'created', 'taken'),
  rotateSession: script(rotateSession, 'rotated', 'replayed', 'reused', 'unknown'),
  revokeSession: script(revokeSession, 'revoked', 'dead'),
  revokeSubject: script(revokeSubject, 'revoked'),
  listSessions: script(listSessions, 'listed'),
  revokeToken: script(revokeToken, 'revoked'),
  isRevoked: script(isRevoked, 'dead', 'alive'),
};

function script(body: string, ...verdicts: string[]): Script {
  const text = prelude + body.trim();
  return { text, sha: createHash('sha1').update(text).digest('hex'), verdicts: [...verdicts, late] };
}
