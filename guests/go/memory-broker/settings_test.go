package main

import (
	"math"
	"testing"
	"time"

	"plugbox"
)

func TestEverythingHasADefault(t *testing.T) {
	read, err := readSettings(plugbox.Metadata{"redisHost": "localhost"})
	want := settings{window: 1, redeliverAfter: 100 * time.Millisecond, maxMessages: 100_000}
	if err != nil || read != want {
		t.Errorf("they are %v, %v", read, err)
	}
}

func TestEverythingCanBeSaid(t *testing.T) {
	read, err := readSettings(plugbox.Metadata{
		"consumerID": "app", "maxInFlight": "4294967295", "redeliverInterval": "1m1.5s", "maxDeliveries": "3", "maxMessages": "7",
	})
	want := settings{
		group: "app", window: math.MaxUint32, redeliverAfter: 61_500 * time.Millisecond, maxDeliveries: 3, maxMessages: 7,
	}
	if err != nil || read != want {
		t.Errorf("they are %v, %v", read, err)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for _, row := range [][2]string{
		{"maxInFlight", "0"}, {"maxInFlight", "many"}, {"redeliverInterval", "soon"}, {"redeliverInterval", "-1s"},
		{"redeliverInterval", "24h0m0.000000001s"}, {"redeliverInterval", "100"}, {"maxDeliveries", "0"}, {"maxMessages", "4294967296"},
	} {
		_, err := readSettings(plugbox.Metadata{row[0]: row[1]})
		refused(t, err, plugbox.InvalidArgument, row[0], row[1])
	}
}
