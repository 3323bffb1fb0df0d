-- Record a batch once. Returns whether it is new.
local record, behind = KEYS[1], KEYS[2]
local id, batch, keep_for = ARGV[1], ARGV[2], ARGV[3]

if redis.call('EXISTS', record) == 1 then return 0 end
redis.call('HSET', record, 'batch', batch, 'version', 0)
redis.call('EXPIRE', record, keep_for)
redis.call('ZADD', behind, clock(), id)
return 1
