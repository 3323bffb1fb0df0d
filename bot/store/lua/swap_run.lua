-- Replace a run by its next version in one step, or do nothing. Returns a word of ports.Swapped.
local record, lease, active, waiting = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local unannounced, thread = KEYS[5], KEYS[6]
local call = cjson.decode(ARGV[1]) -- thread_id, version, next, stamp, token?, active, waiting, unannounced, keep_for?
local life = ARGV[2]

local now = clock()
local refused = refusal(record, lease, call, now)
if refused then return refused end

redis.call('HSET', record, 'life', life, 'version', call.next, 'stamp', call.stamp)
keep(active, call.thread_id, call.active and now)
keep(waiting, call.thread_id, call.waiting and now)
keep(unannounced, call.thread_id, call.unannounced and now)
for _, key in ipairs({ record, thread }) do
  if call.keep_for then redis.call('EXPIRE', key, call.keep_for) else redis.call('PERSIST', key) end
end
return 'done'
