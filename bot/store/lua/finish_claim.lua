-- Store the answer of a key that was claimed; the first answer stays.
local key = KEYS[1]
local result, keep_for = ARGV[1], ARGV[2]

if redis.call('EXISTS', key) == 1 and redis.call('HSETNX', key, 'result', result) == 1 then
  redis.call('EXPIRE', key, keep_for)
end
