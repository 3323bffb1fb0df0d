-- One page of the approvals of some state, graph and channel. Returns how many there are, then the places.
local shelves = KEYS[1]
local shelf_prefix, state, graph, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4] -- empty: any
local order, after, limit = ARGV[5], ARGV[6], tonumber(ARGV[7]) -- 'oldest' or 'newest' first; empty: from the start

local function wanted(name)
  local of_state, of_graph, of_channel = string.match(name, '^(.*)|(.*)|(.*)$')
  return (state == '' or state == of_state)
    and (graph == '' or graph == of_graph)
    and (channel == '' or channel == of_channel)
end

local function first_places(shelf)
  local from = after ~= '' and '(' .. after
  if order == 'oldest' then
    return redis.call('ZRANGE', shelf, from or '-', '+', 'BYLEX', 'LIMIT', 0, limit)
  end
  return redis.call('ZRANGE', shelf, from or '+', '-', 'BYLEX', 'REV', 'LIMIT', 0, limit)
end

local total, places = 0, {}
for _, name in ipairs(redis.call('SMEMBERS', shelves)) do
  if wanted(name) then
    total = total + redis.call('ZCARD', shelf_prefix .. name)
    for _, place in ipairs(first_places(shelf_prefix .. name)) do places[#places + 1] = place end
  end
end
table.sort(places, function(a, b) if order == 'oldest' then return a < b end return a > b end)

local answer = { total }
for i = 1, math.min(limit, #places) do answer[i + 1] = places[i] end
return answer
