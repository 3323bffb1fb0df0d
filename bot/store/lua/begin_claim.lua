-- Claim an idempotency key, or learn who has it. Returns a word of ports.Claim, and the stored answer if any.
local key = KEYS[1]
local fingerprint, token, claim_for, keep_for = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local known, holder, deadline, result =
  unpack(redis.call('HMGET', key, 'fingerprint', 'claim', 'until', 'result'))
if known and known ~= fingerprint then return { 'mismatch' } end
if result then return { 'done', result } end

local now = tonumber(clock())
-- The same token found is mine: the first reply was lost. A claim that ran out is anybody's.
if holder and holder ~= token and now < tonumber(deadline) then return { 'running' } end
redis.call('HSET', key, 'fingerprint', fingerprint, 'claim', token, 'until', string.format('%.6f', now + claim_for))
redis.call('EXPIRE', key, keep_for)
return { 'mine' }
