import { horizon } from './prelude';

/** The length of the hash of a subject, with which every value starts. */
const hashLength = 22;

/**
 * keys: feeds, and of each the server that it is from. How many entries at most, and after which entry of each, or empty
 *
 * Tells the time in seconds, and of each entry of a feed: the number of the feed, the id of the entry, kind, hash and the rest. Where there
 * is more than may be told, or the entry that is asked for is gone, this is told instead of an id.
 *
 * A server that was started again, or has taken over, may not know the last logins, which no entry tells: the feed starts anew.
 */
export const readFeed = `
-- The hash of the subject, and the rest. A text that the client cuts off another one keeps that in its memory.
local function cut(value)
  return string.sub(value, 1, ${String(hashLength)}), string.sub(value, ${String(hashLength + 1)})
end

local function prolong(name)
  if redis.call('TTL', name) < ${String(horizon)} then redis.call('EXPIRE', name, ${String(2 * horizon)}) end
end

local room, count = tonumber(ARGV[2]), #KEYS / 2
local answer = { clock, 'read', math.floor(clock / 1000000) }
-- Some services behind which several servers stand do not name one.
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
for index = 1, count do
  local feed, servers, after = KEYS[index], KEYS[count + index], ARGV[index + 2]
  if redis.call('HGET', servers, 'server') ~= server or redis.call('EXISTS', feed) == 0 then
    begin(feed)
    redis.call('HSET', servers, 'server', server)
  end
  prolong(feed)
  prolong(servers)
  -- An entry may tell of a hundred sessions that ended together.
  local most = math.min(room, 200) + 1
  local found = redis.call('XRANGE', feed, after == '' and '-' or after, '+', 'COUNT', most)
  if after ~= '' and (not found[1] or found[1][1] ~= after) then
    push(answer, { index, 'gap', '', '', '' })
  else
    for position = after == '' and 1 or 2, #found do
      local id, fields = unpack(found[position])
      for at = 1, #fields, 2 do push(answer, { index, id, fields[at], cut(fields[at + 1]) }) end
      room = room - #fields / 2
    end
    if #found == most then push(answer, { index, 'more', '', '', '' }) end
  end
  room = math.max(math.floor(room), 0)
end
return answer
`;
