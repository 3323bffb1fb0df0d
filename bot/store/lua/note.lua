-- Append an entry to a trail beside the record, or only count it. Returns a word of core.beside.Noted.
local trail, entries = KEYS[1], KEYS[2]
local record = KEYS[3] -- only of a trail that belongs to an approval
local call = cjson.decode(ARGV[1]) -- before, head, mark, until, once, most, fact, stated, keep_for, viewed?
local entry = ARGV[2]

local head, quiet, written = unpack(redis.call('HMGET', trail, 'head', 'until ' .. call.mark, 'of ' .. call.fact))
if head == call.head then return 'done' end -- the first reply was lost
if record and redis.call('EXISTS', record) == 0 then return 'gone' end
if quiet and tonumber(clock()) < tonumber(quiet) then
  redis.call('HINCRBY', trail, 'more ' .. call.mark, 1)
  return 'counted'
end
if tonumber(written or 0) >= call.most then
  redis.call('HINCRBY', trail, 'uncounted', 1)
  return 'counted'
end
if (head or '') ~= call.before then return 'conflict' end

redis.call('HSET', trail, 'head', call.head, 'until ' .. call.mark, call['until'])
redis.call('HINCRBY', trail, 'of ' .. call.fact, 1)
if not call.once then redis.call('HINCRBY', trail, 'times ' .. call.mark, 1) end -- the next wait goes by it
if call.stated > 0 then redis.call('HINCRBY', trail, 'more ' .. call.mark, -call.stated) end
redis.call('RPUSH', entries, entry)
if record and call.viewed then redis.call('HSETNX', record, 'viewed', call.viewed) end

-- It goes with its approval, which has no time to live before its end.
local keep_for = record and redis.call('TTL', record) or call.keep_for
for _, key in ipairs(keep_for > 0 and { trail, entries } or {}) do redis.call('EXPIRE', key, keep_for) end
return 'done'
