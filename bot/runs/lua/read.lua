-- A checkpoint and what waits in it, as of one moment and in one round trip. ARGV[1] is the checkpoint's id; empty:
-- the newest one's. Returns the id, the checkpoint, then the writes; nothing where there is no such checkpoint.
local newest, checkpoints, writes = KEYS[1], ARGV[2], ARGV[3] -- the last two lack the id at their end

local id = ARGV[1]
if id == '' then
  local key = redis.call('GET', newest)
  if not key then return {} end
  id = string.match(key, '[^:]+$')
end
local checkpoint = redis.call('JSON.GET', checkpoints .. id, '.')
if not checkpoint then return {} end

local found = { id, checkpoint }
for _, key in ipairs(redis.call('ZRANGE', writes .. id, 0, -1)) do
  local write = redis.call('JSON.GET', key, '.')
  if write then found[#found + 1] = write end
end
return found
