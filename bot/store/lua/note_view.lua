-- Note that somebody opened a request, once. Returns 1 for the first who did.
local record = KEYS[1]

if redis.call('EXISTS', record) == 0 then return 0 end
return redis.call('HSETNX', record, 'viewed', clock())
