-- Note where the card is and what it shows, unless a newer version is shown already; whoever names a lease gives it
-- back. Returns 0 where another has taken that meanwhile: then only this is noted, that something may still arrive.
local record, unshown, lease, message = KEYS[1], KEYS[2], KEYS[3], KEYS[4] -- message: only of a card that was posted
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
if not version or (shown_now and tonumber(shown_now) > shown) then return 1 end

redis.call('HSET', record, 'card', card, 'shown', shown)
local settled = not intended or tonumber(intended) <= seen
if settled then redis.call('HDEL', record, 'intended') end
if message then redis.call('SET', message, id, 'EX', keep_for) end
if settled and shown >= tonumber(version) then redis.call('ZREM', unshown, id) end
return 1
