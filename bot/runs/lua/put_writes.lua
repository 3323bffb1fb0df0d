-- Write what one task did, all or nothing. KEYS[1] lists the writes of the checkpoint; then comes one key for each
-- write, with its idx and its document in ARGV; keys without these are deleted.
local listed = KEYS[1]
for i = 2, #KEYS do
  local key, idx, document = KEYS[i], ARGV[2 * i - 3], ARGV[2 * i - 2]
  if not idx then
    redis.call('DEL', key)
    redis.call('ZREM', listed, key)
  else
    -- Output is written once, slots are overwritten: as in LangGraph's own savers.
    if tonumber(idx) >= 0 then
      redis.call('JSON.SET', key, '$', document, 'NX')
    else
      redis.call('JSON.SET', key, '$', document)
    end
    redis.call('ZADD', listed, idx, key)
  end
end
