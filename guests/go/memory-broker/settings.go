package main

import (
	"math"
	"strconv"
	"time"

	"plugbox"
)

// longestInterval is longer than anybody waits for a second attempt.
const longestInterval = 24 * time.Hour

// settings are what the Component resource says of the broker.
type settings struct {
	// group is that of a subscription that does not name its own.
	group string
	// window is that of a subscription that does not name its own.
	window         uint32
	redeliverAfter time.Duration
	// maxDeliveries is 0 for no end.
	maxDeliveries uint32
	maxMessages   uint32
}

func readSettings(properties plugbox.Metadata) (settings, error) {
	read := settings{group: properties["consumerID"], redeliverAfter: 100 * time.Millisecond}
	var err error
	if read.window, err = window(properties, 1); err != nil {
		return settings{}, err
	}
	if read.maxDeliveries, err = count(properties, "maxDeliveries", 0); err != nil {
		return settings{}, err
	}
	if read.maxMessages, err = count(properties, "maxMessages", 100_000); err != nil {
		return settings{}, err
	}
	const name = "redeliverInterval"
	if text, found := properties[name]; found {
		read.redeliverAfter, err = time.ParseDuration(text)
		if err != nil || read.redeliverAfter < 0 || read.redeliverAfter > longestInterval {
			return settings{}, plugbox.Errorf(plugbox.InvalidArgument,
				"%s is %q, and that is not a duration of at most a day, like 100ms or 1m30s", name, text)
		}
	}
	return read, nil
}

// window is what a Component resource or a subscription says of it.
func window(metadata plugbox.Metadata, otherwise uint32) (uint32, error) {
	return count(metadata, "maxInFlight", otherwise)
}

// life is what a message asks for, 0 for no end. One past what time.Duration can count has no end.
func life(metadata plugbox.Metadata) (time.Duration, error) {
	seconds, err := integer(metadata, "ttlInSeconds", 64, 0)
	if err != nil || seconds > math.MaxInt64/uint64(time.Second) {
		return 0, err
	}
	return time.Duration(seconds) * time.Second, nil
}

func count(metadata plugbox.Metadata, name string, otherwise uint32) (uint32, error) {
	number, err := integer(metadata, name, 32, uint64(otherwise))
	return uint32(number), err
}

// integer is one from 1 on.
func integer(metadata plugbox.Metadata, name string, bits int, otherwise uint64) (uint64, error) {
	text, found := metadata[name]
	if !found {
		return otherwise, nil
	}
	number, err := strconv.ParseUint(text, 10, bits)
	if err != nil || number == 0 {
		return 0, plugbox.Errorf(plugbox.InvalidArgument,
			"%s is %q, and that is not an integer from 1 on, or too large", name, text)
	}
	return number, nil
}
