-- Count what waits, by shelf. Returns the seconds since the last change of the oldest work; then of each shelf that
-- matters its name and its counts: a pending one by age, from the oldest; another one as a whole.
local shelves, in_work = KEYS[1], KEYS[2]
local call = cjson.decode(ARGV[1]) -- shelf_prefix, pending, in_work (states), ages (seconds, the largest first)

local now = tonumber(clock())

local function by_age(index)
  local counts, below = {}, '-'
  for _, age in ipairs(call.ages) do
    -- Places are text that sorts by time (keys.place); what was asked later than now is young.
    local limit = age > 0 and '(' .. string.format('%017.6f', math.max(now - age, 0)) or '+'
    counts[#counts + 1] = redis.call('ZLEXCOUNT', index, below, limit)
    if age > 0 then below = '[' .. string.sub(limit, 2) end
  end
  return counts
end

local oldest = redis.call('ZRANGE', in_work, 0, 0, 'WITHSCORES')
local answer = { oldest[2] and tostring(math.max(now - tonumber(oldest[2]), 0)) or '0' }
for _, name in ipairs(redis.call('SMEMBERS', shelves)) do
  local state = string.match(name, '^(.-)|')
  if state == call.pending then
    answer[#answer + 1] = { name, unpack(by_age(call.shelf_prefix .. name)) }
  elseif call.in_work[state] then
    answer[#answer + 1] = { name, redis.call('ZCARD', call.shelf_prefix .. name) }
  end
end
return answer
