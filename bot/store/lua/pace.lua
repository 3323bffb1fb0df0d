-- Take the next slot (GCRA, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), once for each turn.
-- Returns the microseconds to wait for it. Times are whole microseconds: a double holds them exactly.
local slot, turn = KEYS[1], KEYS[2]
local every, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]) -- between slots; how much of it a burst may skip
local keep = tonumber(ARGV[3]) -- milliseconds that a turn is kept after it has come

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = tonumber(redis.call('GET', turn))
if kept then return math.max(0, kept - now) end

local due = math.max(now, tonumber(redis.call('GET', slot) or 0))
local next_due = due + every
redis.call('SET', slot, string.format('%.0f', next_due), 'PX', math.ceil((next_due - now) / 1000))
local mine = math.max(now, due - ahead)
redis.call('SET', turn, string.format('%.0f', mine), 'PX', math.ceil((mine - now) / 1000) + keep)
return mine - now
