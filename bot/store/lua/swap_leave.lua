-- Replace what is on record of one person's absences, or do nothing. Returns a word of ports.Swapped.
local record, history, ends, stood_in, stands_in = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call = cjson.decode(ARGV[1]) -- user, version, next, stamp, until?, delegate
local life = ARGV[2]
local entries = 3 -- ARGV[3] and after

local version, stamp = unpack(redis.call('HMGET', record, 'version', 'stamp'))
if stamp == call.stamp then return 'done' end
if (version or '0') ~= call.version then return 'conflict' end

redis.call('HSET', record, 'life', life, 'version', call.next, 'stamp', call.stamp)
for i = entries, #ARGV do redis.call('RPUSH', history, ARGV[i]) end
keep(ends, call.user, call['until'])
redis.call('ZREM', stood_in, call.user)
if call.delegate then redis.call('ZADD', stands_in, call['until'], call.user) end
return 'done'
