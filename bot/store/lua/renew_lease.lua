-- Prolong a lease that is still mine. A lease that ran out is never taken back: somebody may have held it since.
local lease = KEYS[1]
local token, ttl = ARGV[1], ARGV[2]

if redis.call('GET', lease) ~= token then return 0 end
return redis.call('PEXPIRE', lease, ttl)
