-- Replace an approval that is over, its entries and its run by the same without some values, in one step, or do
-- nothing. Returns a word of ports.Swapped.
local record, history, trail, unshown, beside, run = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
-- id, version, next, stamp, own and beside: how many entries each trail has; run?: version and next
local call = cjson.decode(ARGV[1])
local at = 4 -- ARGV[2], ARGV[3]: request and life; then the entries of both trails, the new entry; then the run's

local refused = refusal(record, record, call, clock())
if refused then return refused end
if call.run and redis.call('HGET', run, 'version') ~= call.run.version then return 'conflict' end
if redis.call('LLEN', history) ~= call.own or redis.call('LLEN', beside) ~= call.beside then return 'conflict' end

redis.call('HSET', record, 'request', ARGV[2], 'life', ARGV[3], 'version', call.next, 'stamp', call.stamp)
for i = 0, call.own - 1 do
  redis.call('XDEL', trail, redis.call('LINDEX', history, i))
  redis.call('LSET', history, i, redis.call('XADD', trail, '*', 'entry', ARGV[at + i]))
end
at = at + call.own
for i = 0, call.beside - 1 do redis.call('LSET', beside, i, ARGV[at + i]) end
at = at + call.beside
audit(trail, history, at, at)
if call.run then
  redis.call('HSET', run, 'request', ARGV[at + 1], 'life', ARGV[at + 2], 'version', call.run.next, 'stamp', call.stamp)
end
keep(unshown, call.id, clock()) -- its card is drawn anew
return 'done'
