-- Replace a run by its next version in one step, or do nothing. Returns a word of ports.Swapped.
local record, lease, held = KEYS[1], KEYS[2], KEYS[7] -- held: only where a lease is given back with it
local index = { active = KEYS[3], waiting = KEYS[4], unannounced = KEYS[5], asked = KEYS[6] }
local call = cjson.decode(ARGV[1]) -- thread_id, version, next, stamp, token?, active, waiting, unannounced, keep_for?
local life, mine = ARGV[2], ARGV[3] -- mine: the token of what is given back

local now = clock()
local refused = refusal(record, lease, call, now)
if refused and refused ~= 'done' then return refused end

if not refused then write_run(record, index, call, life, now) end
if held then give_back(held, mine) end
return 'done'
