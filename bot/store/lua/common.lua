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

-- Append ARGV[first] to ARGV[last] to the trail of everything, and note where in the history of one approval.
local function audit(trail, history, first, last)
  for i = first, last do
    redis.call('RPUSH', history, redis.call('XADD', trail, '*', 'entry', ARGV[i]))
  end
end

-- Note that something is about to be sent to a card, or may still arrive. Returns when.
local function intend(record, unshown, id)
  local now = clock()
  if redis.call('EXISTS', record) == 1 then
    redis.call('HSET', record, 'intended', now)
    redis.call('ZADD', unshown, now, id)
  end
  return now
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

-- Take a lease that is free, and tell whether another had let it run out. The same token found is mine: the first
-- reply was lost, and what it told.
local function take(lease, token, ttl)
  local value = redis.call('GET', lease)
  if value and not holds(lease, token) then
    local ends = tonumber(string.match(value, ' (%d+)$'))
    if not ends or ends > milliseconds() then return false end
  end
  hold(lease, token, ttl)
  return true, value and true
end

local function give_back(lease, token)
  if holds(lease, token) then redis.call('DEL', lease) end
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

-- Write the next version of an approval, with its indexes and its entries ARGV[first] to ARGV[last].
-- First a write that a full Redis refuses (HSET, unlike ZREM), so that nothing is left half done.
local function write_approval(record, history, index, call, life, now, first, last)
  redis.call('HSET', record, 'life', life, 'version', call.next, 'stamp', call.stamp)
  audit(index.trail, history, first, last)
  keep(index.in_work, call.id .. ' ' .. call.thread, call.in_work and now)
  keep(index.unshown, call.id, now)
  keep(index.deadlines, call.id, call.expires_at)
  keep(index.nudges, call.id, call.nudge_at)
  if call.shelf ~= call.shelf_before then
    unshelve(index.shelves, call.shelf_prefix, call.shelf_before, call.place)
    shelve(index.shelves, call.shelf_prefix, call.shelf, call.place)
  end
  if call.asked then redis.call('ZREM', call.asked, call.place) end
  if #call.recent > 0 then redis.call('HSET', record, 'recent', cjson.encode(call.recent)) end
  for _, recent in ipairs(call.recent) do
    redis.call('ZADD', recent, now, call.id)
    redis.call('ZREMRANGEBYRANK', recent, 0, -call.recent_most - 1)
    redis.call('EXPIRE', recent, call.recent_for)
  end
  if call.answered and redis.call('HGET', index.asked, call.answered) == call.id then
    redis.call('HDEL', index.asked, call.answered)
  end
  if call.ended then
    keep(index.ended, call.shelf .. '|' .. call.place, now)
    redis.call('EXPIRE', record, call.keep_for)
    redis.call('EXPIRE', history, call.keep_for)
    for _, key in ipairs(call.beside) do redis.call('EXPIRE', key, call.keep_for) end
  end
end

-- Write the next version of a run, with its indexes.
local function write_run(record, index, call, life, now)
  redis.call('HSET', record, 'life', life, 'version', call.next, 'stamp', call.stamp)
  keep(index.active, call.thread_id, call.active and now)
  keep(index.waiting, call.thread_id, call.waiting and now)
  keep(index.unannounced, call.thread_id, call.unannounced and now)
  for _, key in ipairs({ record, index.asked }) do
    if call.keep_for then redis.call('EXPIRE', key, call.keep_for) else redis.call('PERSIST', key) end
  end
end
