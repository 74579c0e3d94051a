package main

import (
	"fmt"
	"strconv"
	"time"

	"plugbox"
	"plugbox/state"
	"plugbox/statestore"
)

func init() { statestore.Export(newStore()) }

// store is a state store: items by their keys, each with an etag.
type store struct {
	items map[string]state.Item
	// lastETag counts up, so that no etag comes twice.
	lastETag uint64
}

func newStore() *store {
	// From the time of the start on: no etag from before a restart fits an item of after it.
	return &store{items: map[string]state.Item{}, lastETag: uint64(time.Now().UnixNano())}
}

// Init may come again, and the items stay.
func (s *store) Init(plugbox.Metadata) ([]statestore.Feature, error) {
	return []statestore.Feature{statestore.ETag}, nil
}

func (s *store) Get(request state.GetRequest) (state.Item, error) {
	item, found := s.items[request.Key]
	if !found {
		return state.Item{}, state.ErrNotFound
	}
	return item, nil
}

func (s *store) Set(request state.SetRequest) error {
	if err := s.check(request.Key, request.ETag, request.Concurrency == state.FirstWrite); err != nil {
		return err
	}
	s.lastETag++
	s.items[request.Key] = state.Item{
		Value:       request.Value,
		ETag:        strconv.FormatUint(s.lastETag, 10),
		ContentType: request.ContentType,
	}
	return nil
}

func (s *store) Delete(request state.DeleteRequest) error {
	if err := s.check(request.Key, request.ETag, false); err != nil {
		return err
	}
	delete(s.items, request.Key)
	return nil
}

// check tells whether a write may go on. An etag decides; without one, a first write needs a key that is not there.
func (s *store) check(key, etag string, first bool) error {
	item, found := s.items[key]
	if etag == "" {
		if first && found {
			return fmt.Errorf("key %q is there already: %w", key, state.ErrETagMismatch)
		}
		return nil
	}
	if _, err := strconv.ParseUint(etag, 10, 64); err != nil {
		return fmt.Errorf("%q is no etag of this store: %w", etag, state.ErrETagInvalid)
	}
	if !found || item.ETag != etag {
		return fmt.Errorf("key %q was written or deleted since: %w", key, state.ErrETagMismatch)
	}
	return nil
}
