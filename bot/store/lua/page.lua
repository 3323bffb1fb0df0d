-- One page of the approvals of some state, graph and channel. Returns how many there are, then the places.
local shelves = KEYS[1]
local shelf_prefix, state, graph, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4] -- empty: any
local order, after, limit = ARGV[5], ARGV[6], tonumber(ARGV[7]) -- 'oldest' or 'newest' first; empty: from the start
local before = ARGV[8] -- only places before this one; empty: all
-- KEYS[2] and after: if there are any, these indexes of places are looked at, and not the shelves.

local function wanted(name)
  local of_state, of_graph, of_channel = string.match(name, '^(.*)|(.*)|(.*)$')
  return (state == '' or state == of_state)
    and (graph == '' or graph == of_graph)
    and (channel == '' or channel == of_channel)
end

local function indexes()
  local found = {}
  for i = 2, #KEYS do found[#found + 1] = KEYS[i] end
  if #found > 0 then return found end
  for _, name in ipairs(redis.call('SMEMBERS', shelves)) do
    if wanted(name) then found[#found + 1] = shelf_prefix .. name end
  end
  return found
end

local last = before ~= '' and '(' .. before or '+'

local function first_places(index)
  local from = after ~= '' and '(' .. after
  if order == 'oldest' then
    return redis.call('ZRANGE', index, from or '-', last, 'BYLEX', 'LIMIT', 0, limit)
  end
  return redis.call('ZRANGE', index, from or last, '-', 'BYLEX', 'REV', 'LIMIT', 0, limit)
end

local function size(index)
  return before == '' and redis.call('ZCARD', index) or redis.call('ZLEXCOUNT', index, '-', last)
end

local total, places = 0, {}
for _, index in ipairs(indexes()) do
  total = total + size(index)
  for _, place in ipairs(first_places(index)) do places[#places + 1] = place end
end
table.sort(places, function(a, b) if order == 'oldest' then return a < b end return a > b end)

local answer = { total }
for i = 1, math.min(limit, #places) do answer[i + 1] = places[i] end
return answer
