import { horizon } from './prelude';

/** The length of the hash of a subject, with which every value starts. */
const hashLength = 22;

/**
 * Keys: the feeds, then for each the hash that names its server. Arguments: how many entries to return at most, then for
 * each feed the id of the last entry that was read, or empty.
 *
 * Returns the time in seconds, then for each entry the number of its feed, its id, kind, hash of the subject and the rest.
 * If a feed has more entries, or its last entry that was read is gone, `more` or `gap` takes the place of an id.
 *
 * After a restart or failover, the last logins may be lost without an entry, so the feed starts again.
 */
export const readFeed = `
-- The hash of the subject, and the rest. A text that the client cuts off another one keeps that in its memory.
local function cut(value)
  return string.sub(value, 1, ${String(hashLength)}), string.sub(value, ${String(hashLength + 1)})
end

local function extend(name)
  if redis.call('TTL', name) < ${String(horizon)} then redis.call('EXPIRE', name, ${String(2 * horizon)}) end
end

local room, count = tonumber(ARGV[2]), #KEYS / 2
local answer = { clock, 'read', math.floor(clock / 1000000) }
-- Some services with several servers do not report a run_id.
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
for index = 1, count do
  local feed, serverKey, after = KEYS[index], KEYS[count + index], ARGV[index + 2]
  if redis.call('HGET', serverKey, 'server') ~= server or redis.call('EXISTS', feed) == 0 then
    begin(feed)
    redis.call('HSET', serverKey, 'server', server)
  end
  extend(feed)
  extend(serverKey)
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
