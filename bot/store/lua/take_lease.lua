-- Take a free lease. Returns 1 if it is mine now; the same token found is mine too: the first reply was lost.
local lease = KEYS[1]
local token, ttl = ARGV[1], ARGV[2]

local holder = redis.call('GET', lease)
if holder and holder ~= token then return 0 end
redis.call('SET', lease, token, 'PX', ttl)
return 1
