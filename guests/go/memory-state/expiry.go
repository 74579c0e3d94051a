package main

import (
	"strconv"
	"time"

	"plugbox"
)

// ttl is the metadata of a write that names the item's life.
const ttl = "ttlInSeconds"

// lastMoment is the end of the year 9999: RFC 3339 can write nothing later.
var lastMoment = time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC)

// requestedExpiry is when an item expires that is written with this metadata; zero for never.
//
// -1 asks for no expiry, and so does 0. Less than that, and what is no integer at all, is refused, and so is a life that lasts past
// the year 9999.
func requestedExpiry(metadata plugbox.Metadata, key string, now func() time.Time) (time.Time, error) {
	text, found := metadata[ttl]
	if !found {
		return time.Time{}, nil
	}
	refused := func(why string) (time.Time, error) {
		return time.Time{}, plugbox.Errorf(plugbox.InvalidArgument,
			"the metadata %s of key %q is %q, and %s", ttl, key, text, why)
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return refused("that is not an integer of 64 bits")
	case seconds < -1:
		return refused("a life cannot be negative; -1 stands for no expiry")
	case seconds <= 0:
		return time.Time{}, nil
	}
	// time.Duration ends after 292 years, so the sum is one of milliseconds.
	present := now().UnixMilli()
	if seconds > (lastMoment.UnixMilli()-present)/1000 {
		return refused("that is past the year 9999; -1 stands for no expiry")
	}
	return time.UnixMilli(present + seconds*1000), nil
}

// moment is a moment in RFC 3339, in UTC.
func moment(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
