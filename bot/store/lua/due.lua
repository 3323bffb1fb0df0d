-- One page of deadlines up to a moment, the most urgent first. Returns how many there are, then 'deadline:id' of each.
local deadlines = KEYS[1]
local moment, limit = ARGV[1], tonumber(ARGV[2])
local after, after_id = ARGV[3], ARGV[4] -- the last of the page before; empty: from the start

local answer = { redis.call('ZCOUNT', deadlines, '-inf', moment) }
local from, offset = after ~= '' and after or '-inf', 0
-- Those with the very deadline of the last one come in the order of their ids: some were on the page before.
repeat
  local found = redis.call('ZRANGE', deadlines, from, moment, 'BYSCORE', 'LIMIT', offset, limit, 'WITHSCORES')
  for i = 1, #found, 2 do
    local id, deadline = found[i], found[i + 1]
    local seen = after ~= '' and tonumber(deadline) == tonumber(after) and id <= after_id
    if not seen and #answer <= limit then answer[#answer + 1] = deadline .. ':' .. id end
  end
  offset = offset + limit
until #answer > limit or #found == 0
return answer
