-- Prolong a lease that is still mine. One that ran out is prolonged too, if nobody has held it since.
local lease = KEYS[1]
local token, ttl = ARGV[1], tonumber(ARGV[2])

if not holds(lease, token) then return { 0 } end
hold(lease, token, ttl)
return { 1, clock() }
