-- Give back a claim that is still mine and has no answer yet.
local key = KEYS[1]
local token = ARGV[1]

local holder, result = unpack(redis.call('HMGET', key, 'claim', 'result'))
if holder == token and not result then redis.call('DEL', key) end
