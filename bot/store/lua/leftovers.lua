-- Half-done work nobody touched for a while, oldest first. What is handed out counts as touched, so that
-- several processes share the work and no item that cannot be done hides those behind it.
local in_work, unshown, deadlines, active, unannounced = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local waiting, behind, nudges = KEYS[6], KEYS[7], KEYS[8]
local older_than, limit = tonumber(ARGV[1]), ARGV[2]
local waited, few, take = tonumber(ARGV[3]), ARGV[4], ARGV[5] == '1'

local now = clock()

local function untouched(index, age, most)
  local before = string.format('%.6f', tonumber(now) - age)
  return redis.call('ZRANGE', index, '-inf', before, 'BYSCORE', 'LIMIT', 0, most)
end

local function handed_out(index, age, most)
  local members = untouched(index, age or older_than, most or limit)
  for _, member in ipairs(take and members or {}) do redis.call('ZADD', index, now, member) end
  return members
end

-- A deadline or the time of a reminder is a fact, not a time of change: it stays where it is.
return {
  handed_out(in_work), handed_out(unshown), untouched(deadlines, older_than, limit), handed_out(active),
  handed_out(unannounced), handed_out(waiting, waited, few), handed_out(behind),
  untouched(nudges, older_than, limit),
}
