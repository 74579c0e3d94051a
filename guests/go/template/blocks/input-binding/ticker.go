package main

import (
	"fmt"
	"log"
	"strconv"
	"time"

	"plugbox"
	"plugbox/inputbinding"
)

func init() { inputbinding.Export(newTicker()) }

// ticker is an input binding: an event at each `interval`, a property.
type ticker struct {
	interval time.Duration
	// next is when each reader's next event is due.
	next   map[inputbinding.ReaderID]time.Time
	events uint64
}

func newTicker() *ticker {
	return &ticker{next: map[inputbinding.ReaderID]time.Time{}}
}

func (t *ticker) Init(properties plugbox.Metadata) error {
	interval := time.Second
	if text, found := properties["interval"]; found {
		var err error
		if interval, err = time.ParseDuration(text); err != nil || interval <= 0 {
			return plugbox.Errorf(plugbox.InvalidArgument, "interval is %q, and that is not a duration like 500ms or 1m30s", text)
		}
	}
	t.interval = interval
	return nil
}

// Open allows for one event at a time: what is due before the last one is answered is left out.
func (t *ticker) Open(id inputbinding.ReaderID) (uint32, error) {
	t.next[id] = time.Now().Add(t.interval)
	return 1, nil
}

func (t *ticker) Close(id inputbinding.ReaderID) {
	delete(t.next, id)
}

func (t *ticker) Pull(wanted []inputbinding.Demand) (inputbinding.Pulled, error) {
	var pulled inputbinding.Pulled
	now := time.Now()
	for _, demand := range wanted {
		if next := t.next[demand.ID]; next.After(now) {
			if pulled.Wake.IsZero() || next.Before(pulled.Wake) {
				pulled.Wake = next
			}
			continue
		}
		t.next[demand.ID] = now.Add(t.interval)
		t.events++
		pulled.Events = append(pulled.Events, inputbinding.Event{
			ID:          demand.ID,
			EventID:     strconv.FormatUint(t.events, 10),
			Data:        fmt.Appendf(nil, `{"event": %d, "time": %q}`, t.events, now.Format(time.RFC3339Nano)),
			ContentType: "application/json",
		})
	}
	return pulled, nil
}

func (t *ticker) Answer(_ inputbinding.ReaderID, eventID string, _ []byte, failure error) {
	if failure != nil {
		log.Printf("the application failed at the event %s: %v", eventID, failure)
	}
}
