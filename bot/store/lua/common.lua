-- Shared words of all scripts; scripts.py puts this file in front of each of them.

-- The server's clock as text to the microsecond: tonumber() and Python's float() make the same number of it.
local function clock()
  local time = redis.call('TIME')
  return string.format('%s.%06d', time[1], time[2])
end

-- A score puts the member into the index or moves it there, no score takes it out.
local function keep(index, member, score)
  if score then redis.call('ZADD', index, score, member) else redis.call('ZREM', index, member) end
end

local function shelve(shelves, prefix, name, place)
  redis.call('SADD', shelves, name)
  redis.call('ZADD', prefix .. name, 0, place)
end

local function unshelve(shelves, prefix, name, place)
  redis.call('ZREM', prefix .. name, place)
  if redis.call('EXISTS', prefix .. name) == 0 then redis.call('SREM', shelves, name) end
end

-- Append ARGV[first] and all after it to the trail of everything, and note where in the history of one approval.
local function audit(trail, history, first)
  for i = first, #ARGV do
    redis.call('RPUSH', history, redis.call('XADD', trail, '*', 'entry', ARGV[i]))
  end
end

-- A lease is 'token until', until in the server's milliseconds; the key outlives it, so that a holder that was
-- slow, and that nobody followed, can be told from one whose place was taken.
local function holds(lease, token)
  local value = redis.call('GET', lease)
  return value and string.sub(value, 1, #token + 1) == token .. ' '
end

local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function hold(lease, token, ttl)
  redis.call('SET', lease, string.format('%s %d', token, milliseconds() + ttl), 'PX', ttl * 6)
end

-- Why a record may not be replaced now, as a word of ports.Swapped; nil: it may.
-- The stamp comes first: redis-py sends a call again when its reply was lost, and then it was done already.
local function refusal(record, lease, call, now)
  local version, stamp = unpack(redis.call('HMGET', record, 'version', 'stamp'))
  if stamp == call.stamp then return 'done' end
  if call.token and not holds(lease, call.token) then return 'lease_lost' end
  if version ~= call.version then return 'conflict' end
  if call.not_after and tonumber(now) >= call.not_after then return 'late' end
  if call.not_before and tonumber(now) < call.not_before then return 'early' end
end
