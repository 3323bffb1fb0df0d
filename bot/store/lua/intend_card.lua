-- Note that a post is about to be sent.
local record, unshown = KEYS[1], KEYS[2]
local id = ARGV[1]

if redis.call('EXISTS', record) == 1 then
  local now = clock()
  redis.call('HSET', record, 'intended', now)
  redis.call('ZADD', unshown, now, id)
end
