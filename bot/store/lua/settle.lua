-- Replace a run and approvals of its thread by their next versions in one step and give the thread back, or do
-- nothing. Returns a word of ports.Swapped.
local lease, run = KEYS[1], KEYS[2]
local index = {
  active = KEYS[3], waiting = KEYS[4], unannounced = KEYS[5], asked = KEYS[6], trail = KEYS[7], in_work = KEYS[8],
  unshown = KEYS[9], deadlines = KEYS[10], ended = KEYS[11], shelves = KEYS[12], nudges = KEYS[13],
}
local first_record = 14 -- KEYS[14] and after: record and history of each approval
-- token, run? and approvals: calls as in swap_run.lua and swap.lua; each approval with `entries`, how many it has
local call = cjson.decode(ARGV[1])

local now = clock()
local refused = call.run and refusal(run, lease, call.run, now)
for i, one in ipairs(call.approvals) do
  refused = refused or refusal(KEYS[first_record + 2 * (i - 1)], lease, one, now)
end
-- All were written together: a stamp that one of them bears already tells of all.
if refused and refused ~= 'done' then return refused end
if refused then
  give_back(lease, call.token)
  return refused
end

local at = 2 -- ARGV[2] and after: the life of each approval, followed by its entries; at the end the run's
for i, one in ipairs(call.approvals) do
  local record, history = KEYS[first_record + 2 * (i - 1)], KEYS[first_record + 2 * (i - 1) + 1]
  write_approval(record, history, index, one, ARGV[at], now, at + 1, at + one.entries)
  at = at + 1 + one.entries
end
if call.run then write_run(run, index, call.run, ARGV[at], now) end
give_back(lease, call.token)
return 'done'
