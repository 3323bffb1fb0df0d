-- Take a free lease and read what it guards, as of one moment. Returns 0 where somebody else has it; else 1, the
-- time, whether another let it run out (1), and the hashes: those that are named, then one for each id that the hash `listed` holds.
local lease = KEYS[1] -- KEYS[2] and after: hashes
local token, ttl, listed, prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4] -- the last two only with a list

local taken, overran = take(lease, token, ttl)
if not taken then return { 0 } end
local answer = { 1, clock(), overran and 1 or 0 }
for i = 2, #KEYS do answer[#answer + 1] = redis.call('HGETALL', KEYS[i]) end
for _, id in ipairs(listed and redis.call('HVALS', listed) or {}) do
  answer[#answer + 1] = redis.call('HGETALL', prefix .. id)
end
return answer
