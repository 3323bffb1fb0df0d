-- Take the next slot (GCRA, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
-- Returns the microseconds to wait for it. Times are whole microseconds: a double holds them exactly.
local slot = KEYS[1]
local every, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]) -- between slots; how much of it a burst may skip

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local due = math.max(now, tonumber(redis.call('GET', slot) or 0))
local next_due = due + every
redis.call('SET', slot, string.format('%.0f', next_due), 'PX', math.ceil((next_due - now) / 1000))
return math.max(0, due - ahead - now)
