-- Take a free lease. Returns 1 if it is mine now; the same token found is mine too: the first reply was lost.
local lease = KEYS[1]
local token, ttl = ARGV[1], tonumber(ARGV[2])

local value = redis.call('GET', lease)
if value and not holds(lease, token) then
  local ends = tonumber(string.match(value, ' (%d+)$'))
  if not ends or ends > milliseconds() then return 0 end
end
hold(lease, token, ttl)
return 1
