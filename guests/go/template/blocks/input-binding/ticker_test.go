package main

import (
	"testing"
	"testing/synctest"
	"time"

	"plugbox"
	"plugbox/inputbinding"
)

func TestAnEventComesAtEachInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ticker := newTicker()
		if err := ticker.Init(plugbox.Metadata{"interval": "250ms"}); err != nil {
			t.Fatal(err)
		}
		if _, err := ticker.Open(1); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"1", "2"} {
			wanted := []inputbinding.Demand{{ID: 1, Events: 1}}
			pulled, err := ticker.Pull(wanted)
			if err != nil || len(pulled.Events) != 0 || time.Until(pulled.Wake) != 250*time.Millisecond {
				t.Fatalf("at first there is %v, %v", pulled, err)
			}
			time.Sleep(time.Until(pulled.Wake))
			pulled, err = ticker.Pull(wanted)
			if err != nil || len(pulled.Events) != 1 || pulled.Events[0].EventID != want {
				t.Fatalf("then there is %v, %v", pulled, err)
			}
		}
	})
}

func TestAnIntervalIsADuration(t *testing.T) {
	for _, wrong := range []string{"", "soon", "10", "0s", "-1s"} {
		err := newTicker().Init(plugbox.Metadata{"interval": wrong})
		if plugbox.CodeOf(err) != plugbox.InvalidArgument {
			t.Errorf("%q is taken: %v", wrong, err)
		}
	}
	ticker := newTicker()
	if err := ticker.Init(nil); err != nil || ticker.interval != time.Second {
		t.Errorf("without one it is %v, %v", ticker.interval, err)
	}
}
