-- Note where the card is and what it shows, unless a newer version is shown already.
local record, unshown, behind = KEYS[1], KEYS[2], KEYS[3]
local batch, message = KEYS[4], KEYS[5] -- '' where there is none: no batch, or a card that was not posted
local id, card, shown, keep_for = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local seen = tonumber(ARGV[5]) -- an intention noted later is not the caller's to clear

local version, shown_now, intended = unpack(redis.call('HMGET', record, 'version', 'shown', 'intended'))
if not version then redis.call('ZREM', unshown, id) end -- it was forgotten
if not version or (shown_now and tonumber(shown_now) > shown) then return end

redis.call('HSET', record, 'card', card, 'shown', shown)
local settled = not intended or tonumber(intended) <= seen
if settled then redis.call('HDEL', record, 'intended') end
if message ~= '' then redis.call('SET', message, id, 'EX', keep_for) end
if settled and shown >= tonumber(version) then redis.call('ZREM', unshown, id) end

-- The card of the batch lists this one: it is behind in the same step.
if batch ~= '' and redis.call('EXISTS', batch) == 1 then
  redis.call('HINCRBY', batch, 'version', 1)
  redis.call('EXPIRE', batch, keep_for)
  redis.call('ZADD', behind, clock(), ARGV[6])
end
