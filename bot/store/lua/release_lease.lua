-- Give back a lease that is still mine.
give_back(KEYS[1], ARGV[1])
