module memory-broker

go 1.26

require (
	github.com/google/btree v1.1.3
	plugbox v0.1.0
)

replace plugbox => ../lib

tool plugbox/cmd/guest
