package main

import (
	"strconv"
	"time"
)

// etag tells one write of an item from the next. Etags only ever go up, so that none comes twice, whatever is deleted and written
// again.
type etag uint64

// firstEtag is where a new store begins to count. A store that was ended with all its items may have a successor, whose etags must
// not match those that clients still hold: so it counts from the time of its start, in nanoseconds, which no store outruns.
func firstEtag(now time.Time) etag {
	return etag(now.UnixNano())
}

// parseEtag reads an etag that a client sends. False for a text that no store of this kind could have made.
func parseEtag(text string) (etag, bool) {
	number, err := strconv.ParseUint(text, 10, 64)
	// 007 is a number too, but this store does not write it.
	return etag(number), err == nil && etag(number).String() == text
}

func (e etag) String() string {
	return strconv.FormatUint(uint64(e), 10)
}
