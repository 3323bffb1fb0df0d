-- Take a value out: KEYS[1] ticket. Its repeat, after a lost reply, finds nothing: the log-in begins again.
local found = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return found
