-- Write a checkpoint and point to it, both or neither.
redis.call('JSON.SET', KEYS[1], '$', ARGV[1])
redis.call('SET', KEYS[2], KEYS[1])
