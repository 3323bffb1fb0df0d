-- Give back a lease that is still mine.
local lease = KEYS[1]
local token = ARGV[1]

if holds(lease, token) then redis.call('DEL', lease) end
