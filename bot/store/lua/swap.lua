-- Replace an approval by its next version in one step, or do nothing. Returns a word of ports.Swapped.
local record, history, lease = KEYS[1], KEYS[2], KEYS[3]
local index = {
  asked = KEYS[4], trail = KEYS[5], in_work = KEYS[6], unshown = KEYS[7], deadlines = KEYS[8], ended = KEYS[9],
  shelves = KEYS[10], nudges = KEYS[11],
}
local call = cjson.decode(ARGV[1]) -- id, thread, place, version, next, stamp, token?, not_after?, not_before?,
-- expires_at?, nudge_at?, in_work, ended, answered?, shelf_before, shelf, shelf_prefix, keep_for, asked?, recent,
-- recent_most, recent_for, beside
local life = ARGV[2] -- ARGV[3] and after: the entries

local now = clock()
local refused = refusal(record, lease, call, now)
if refused then return refused end

write_approval(record, history, index, call, life, now, 3, #ARGV)
return 'done'
