/**
 * keys: session, list, details, subject, feed
 *
 * id, hash, generation, rotatedAt, createdAt, lastUsedAt, expiresAt, TTL, limit or empty, authenticatedAt or empty,
 * subject, userAgent, ip, label
 *
 * Expired sessions leave the list an hour later than they could: the clock of another process may be behind.
 */
export const createSession = `
-- Very many sessions end only when the limit was lowered: those that stay move to new keys, in one go.
local function keepNewest(list, details, now, count, answer)
  local isListed, ended, stay = {}, {}, {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', list, '(' .. offsets.e + now, '+inf')) do
    isListed[string.sub(member, 2)] = true
  end
  local byUse = redis.call('ZRANGEBYSCORE', list, 5e11, 1.5e12)
  for index = #byUse, 1, -1 do
    local id = string.sub(byUse[index], 2)
    if isListed[id] then table.insert(#stay < count and stay or ended, id) end
  end
  local rows = {}
  for index, id in ipairs(stay) do
    local times = { c = score(list, 'c', id), u = score(list, 'u', id), e = score(list, 'e', id) }
    local fields = { id .. ':userAgent', id .. ':ip', id .. ':label' }
    rows[index] = { times, fields, redis.call('HMGET', details, unpack(fields)) }
  end
  local left = redis.call('TTL', list)
  redis.call('UNLINK', list, details)
  for index, id in ipairs(stay) do
    local times, fields, known = unpack(rows[index])
    enlist(list, id, times)
    for at, field in ipairs(fields) do put(details, field, known[at] or '') end
  end
  if #stay > 0 then keep(list, left) end
  if #stay > 0 then keep(details, left) end
  push(answer, ended)
end

local session, list, details, subject, feed = unpack(KEYS)
local id, hash, g, r, c, u, e, ttl, limit, authenticatedAt = unpack(ARGV, 2, 11)
if redis.call('EXISTS', session) == 1 then return { clock, 'taken' } end
local state = redis.call('HMGET', subject, 'revokedAt')
if authenticatedAt ~= '' and state[1] and tonumber(authenticatedAt) <= tonumber(state[1]) then
  return { clock, 'rejected' }
end
local now = tonumber(c)
local expired = redis.call('ZRANGEBYSCORE', list, 1.5e12, offsets.e + now - 3600, 'LIMIT', 0, 100)
for _, member in ipairs(expired) do strike(list, details, string.sub(member, 2)) end
local answer = { clock, 'created' }
local alive = limit == '' and -1 or redis.call('ZCOUNT', list, '(' .. offsets.e + now, '+inf')
local excess = limit == '' and 0 or alive - tonumber(limit) + 1
if excess > 500 and excess > alive / 2 then
  keepNewest(list, details, now, alive - excess, answer)
  excess = 0
end
while excess > 0 do
  local oldest = string.sub(redis.call('ZRANGEBYSCORE', list, 5e11, 1.5e12, 'LIMIT', 0, 1)[1], 2)
  if isAlive(list, oldest, now) then
    excess = excess - 1
    push(answer, { oldest })
  end
  strike(list, details, oldest)
end
if #answer > 2 then
  redis.call('HSET', subject, 'endedAt', c)
  keep(subject, ttl)
end
for first = 3, #answer, 100 do
  local told = {}
  for index = first, math.min(first + 99, #answer) do push(told, { 'session', hash .. answer[index] }) end
  announce(feed, unpack(told))
end
local m = math.floor(clock / 1000)
redis.call('HSET', session, 's', hash, 'g', g, 'r', r, 'm', m, 'c', c, 'u', u, 'e', e)
redis.call('EXPIRE', session, ttl)
enlist(list, id, { c = c, u = u, e = e })
redis.call('HSET', details, 'subject', ARGV[12])
put(details, id .. ':userAgent', ARGV[13])
put(details, id .. ':ip', ARGV[14])
put(details, id .. ':label', ARGV[15])
keep(list, ttl)
keep(details, ttl)
return answer
`;
