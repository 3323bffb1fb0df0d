-- Keep a value for some seconds, unless there is one: KEYS[1] ticket; ARGV value, seconds. 1: kept, 0: not.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then
  return 1
end
return 0
