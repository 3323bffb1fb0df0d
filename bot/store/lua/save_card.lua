-- Note where the card is and what it shows, unless a newer version is shown already; whoever names a lease gives it
-- back. Returns 0 where another has taken that meanwhile: then only this is noted, that something may still arrive.
local record, unshown, lease, behind = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local batch, message = KEYS[5], KEYS[6] -- '' where there is none: no batch, or a card that was not posted
local id, card, shown, keep_for = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local seen = tonumber(ARGV[5]) -- an intention noted later is not the caller's to clear
local token = ARGV[6] -- empty: no lease is named

local version, shown_now, intended, card_now =
  unpack(redis.call('HMGET', record, 'version', 'shown', 'intended', 'card'))
if token ~= '' and not holds(lease, token) then
  if card_now == card then return 1 end -- the first reply was lost
  intend(record, unshown, id)
  return 0
end
if token ~= '' then redis.call('DEL', lease) end
if not version then redis.call('ZREM', unshown, id) end -- it was forgotten
if not version or (shown_now and tonumber(shown_now) > shown) then return 1 end

redis.call('HSET', record, 'card', card, 'shown', shown)
local settled = not intended or tonumber(intended) <= seen
if settled then redis.call('HDEL', record, 'intended') end
if message ~= '' then redis.call('SET', message, id, 'EX', keep_for) end
if settled and shown >= tonumber(version) then redis.call('ZREM', unshown, id) end

-- The card of the batch lists this one: it is behind in the same step.
if batch ~= '' and redis.call('EXISTS', batch) == 1 then
  redis.call('HINCRBY', batch, 'version', 1)
  redis.call('EXPIRE', batch, keep_for)
  redis.call('ZADD', behind, clock(), ARGV[7])
end
return 1
