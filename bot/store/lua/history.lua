-- The audit entries of one approval, oldest first.
local history, trail = KEYS[1], KEYS[2]

local answer = {}
for _, id in ipairs(redis.call('LRANGE', history, 0, -1)) do
  local found = redis.call('XRANGE', trail, id, id)
  -- An entry that somebody deleted leaves a gap: the chain of the entries shows it.
  if found[1] then answer[#answer + 1] = found[1][2][2] end
end
return answer
