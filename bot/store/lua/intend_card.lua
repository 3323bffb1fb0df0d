-- Note that something is about to be sent. Returns when.
return intend(KEYS[1], KEYS[2], ARGV[1])
