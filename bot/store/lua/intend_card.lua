-- Note that something is about to be sent. Returns when.
local record, unshown = KEYS[1], KEYS[2]
local id = ARGV[1]

local now = clock()
if redis.call('EXISTS', record) == 1 then
  redis.call('HSET', record, 'intended', now)
  redis.call('ZADD', unshown, now, id)
end
return now
