-- Delete what ended longer ago than the retention: record, history, trail and every mention in an index.
local ended, trail, unshown, shelves = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local retention, limit = tonumber(ARGV[1]), ARGV[2]
local record_prefix, history_prefix, shelf_prefix = ARGV[3], ARGV[4], ARGV[5]
local beside_prefix, beside_entries_prefix = ARGV[6], ARGV[7]

local before = string.format('%.6f', tonumber(clock()) - retention)
local members = redis.call('ZRANGE', ended, '-inf', before, 'BYSCORE', 'LIMIT', 0, limit)
for _, member in ipairs(members) do
  local shelf, place = string.match(member, '^(.*)|(.*)$')
  local id = string.match(place, '^[^:]*:(.*)$')
  for _, entry in ipairs(redis.call('LRANGE', history_prefix .. id, 0, -1)) do
    redis.call('XDEL', trail, entry)
  end
  for _, recent in ipairs(cjson.decode(redis.call('HGET', record_prefix .. id, 'recent') or '[]')) do
    redis.call('ZREM', recent, id)
  end
  redis.call('DEL', record_prefix .. id, history_prefix .. id, beside_prefix .. id, beside_entries_prefix .. id)
  redis.call('ZREM', unshown, id)
  redis.call('ZREM', ended, member)
  unshelve(shelves, shelf_prefix, shelf, place)
end
return #members
