-- Note where the card is and what it shows, unless a newer version is shown already.
local record, unshown, message = KEYS[1], KEYS[2], KEYS[3] -- message: only for a card that was posted
local id, card, shown, keep_for = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local seen = tonumber(ARGV[5]) -- an intention noted later is not the caller's to clear

local version, shown_now, intended = unpack(redis.call('HMGET', record, 'version', 'shown', 'intended'))
if not version or (shown_now and tonumber(shown_now) > shown) then return end

redis.call('HSET', record, 'card', card, 'shown', shown)
local settled = not intended or tonumber(intended) <= seen
if settled then redis.call('HDEL', record, 'intended') end
if message then redis.call('SET', message, id, 'EX', keep_for) end
if settled and shown >= tonumber(version) then redis.call('ZREM', unshown, id) end
