-- Record a run unless its thread has one. Returns the two parts of the run that holds.
local record, active = KEYS[1], KEYS[2]
local thread_id, request, life, version = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if redis.call('EXISTS', record) == 0 then
  redis.call('HSET', record, 'request', request, 'life', life, 'version', version)
  redis.call('ZADD', active, clock(), thread_id)
end
return redis.call('HMGET', record, 'request', 'life')
