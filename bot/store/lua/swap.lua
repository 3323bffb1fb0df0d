-- Replace an approval by its next version in one step, or do nothing. Returns a word of ports.Swapped.
local record, history, lease, asked, trail = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local in_work, unshown, deadlines, ended, shelves = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local call = cjson.decode(ARGV[1]) -- id, thread, place, version, next, stamp, token?, not_after?, not_before?,
-- expires_at?, in_work, ended, answered?, shelf_before, shelf, shelf_prefix, keep_for, asked?, recent, recent_most,
-- recent_for
local life = ARGV[2]
local entries = 3 -- ARGV[3] and after

local now = clock()
local refused = refusal(record, lease, call, now)
if refused then return refused end

-- First a write that a full Redis refuses (HSET, unlike ZREM), so that nothing is left half done.
redis.call('HSET', record, 'life', life, 'version', call.next, 'stamp', call.stamp)
audit(trail, history, entries)
keep(in_work, call.id .. ' ' .. call.thread, call.in_work and now)
keep(unshown, call.id, now)
keep(deadlines, call.id, call.expires_at)
if call.shelf ~= call.shelf_before then
  unshelve(shelves, call.shelf_prefix, call.shelf_before, call.place)
  shelve(shelves, call.shelf_prefix, call.shelf, call.place)
end
if call.asked then redis.call('ZREM', call.asked, call.place) end
if #call.recent > 0 then redis.call('HSET', record, 'recent', cjson.encode(call.recent)) end
for _, recent in ipairs(call.recent) do
  redis.call('ZADD', recent, now, call.id)
  redis.call('ZREMRANGEBYRANK', recent, 0, -call.recent_most - 1)
  redis.call('EXPIRE', recent, call.recent_for)
end
if call.answered and redis.call('HGET', asked, call.answered) == call.id then
  redis.call('HDEL', asked, call.answered)
end
if call.ended then
  keep(ended, call.shelf .. '|' .. call.place, now)
  redis.call('EXPIRE', record, call.keep_for)
  redis.call('EXPIRE', history, call.keep_for)
end
return 'done'
