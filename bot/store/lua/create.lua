-- Record a new approval unless another one holds its interrupt. Returns the id that holds; nothing: the lease is lost.
local thread, record, history = KEYS[1], KEYS[2], KEYS[3]
local trail, unshown, deadlines, shelves, nudges, lease = KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
-- id, place, interrupt, instead_of?, version, expires_at?, nudge_at?, shelf, shelf_prefix, asked?, token?
local call = cjson.decode(ARGV[1])
local request, life = ARGV[2], ARGV[3]
local entries = 4 -- ARGV[4] and after

-- Who was stopped and overtaken may have read the thread before its question was answered.
if call.token and not holds(lease, call.token) then return '' end

local held = redis.call('HGET', thread, call.interrupt)
if held and held ~= call.instead_of then return held end

redis.call('HSET', thread, call.interrupt, call.id)
redis.call('HSET', record, 'request', request, 'life', life, 'version', call.version)
audit(trail, history, entries, #ARGV)
shelve(shelves, call.shelf_prefix, call.shelf, call.place)
if call.asked then redis.call('ZADD', call.asked, 0, call.place) end
keep(unshown, call.id, clock())
keep(deadlines, call.id, call.expires_at)
keep(nudges, call.id, call.nudge_at)
return call.id
