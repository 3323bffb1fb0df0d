-- Half-done work nobody touched for a while, oldest first. What is handed out counts as touched, so that
-- several processes share the work and no item that cannot be done hides those behind it.
local in_work, unshown, deadlines, active, unannounced = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local older_than, limit = tonumber(ARGV[1]), ARGV[2]

local now = clock()
local before = string.format('%.6f', tonumber(now) - older_than)

local function untouched(index)
  return redis.call('ZRANGE', index, '-inf', before, 'BYSCORE', 'LIMIT', 0, limit)
end

local function handed_out(index)
  local members = untouched(index)
  for _, member in ipairs(members) do redis.call('ZADD', index, now, member) end
  return members
end

-- A deadline is a fact, not a time of change: it stays where it is.
return {
  handed_out(in_work), handed_out(unshown), untouched(deadlines), handed_out(active), handed_out(unannounced),
}
