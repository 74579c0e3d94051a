package main

import (
	"cmp"
	"fmt"
	"iter"
	"time"

	"github.com/google/btree"

	"plugbox"
	"plugbox/state"
	"plugbox/statestore/transactions"
)

// clearedPerWrite is how many expired items one write clears away. More than the one that it may add, so that they never pile up;
// few enough that no write has to wait for the clearing of a million.
const clearedPerWrite = 32

// store is all that is stored, with the rules of writing it: etags, first writes, expiry, and transactions.
type store struct {
	entries map[string]entry
	// expiring are the entries that expire, the next to do so first. The etag tells apart those that expire at one moment.
	expiring *btree.BTreeG[expiring]
	lastEtag etag
	now      func() time.Time
}

// entry is what is stored under one key. It may have expired: then it is as good as missing.
type entry struct {
	value       []byte
	contentType string
	etag        etag
	// expires is zero for never.
	expires time.Time
}

type expiring struct {
	at   time.Time
	etag etag
	key  string
}

func newStore(now func() time.Time) *store {
	sooner := func(a, b expiring) bool {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.etag, b.etag)) < 0
	}
	return &store{
		entries:  map[string]entry{},
		expiring: btree.NewG(16, sooner),
		lastEtag: firstEtag(now()),
		now:      now,
	}
}

func (s *store) get(key string) (state.Item, error) {
	entry, found := s.live(key)
	if !found {
		return state.Item{}, state.ErrNotFound
	}
	return entry.item(), nil
}

func (e entry) item() state.Item {
	item := state.Item{Value: e.value, ETag: e.etag.String(), ContentType: e.contentType}
	if !e.expires.IsZero() {
		item.Metadata = plugbox.Metadata{"ttlExpireTime": moment(e.expires)}
	}
	return item
}

func (s *store) set(request state.SetRequest) error {
	s.clearExpired(1)
	_, err := s.write(request)
	return err
}

func (s *store) delete(request state.DeleteRequest) error {
	s.clearExpired(1)
	_, err := s.remove(request)
	return err
}

// transact does all operations or none: what those before a failure did is undone, the last of them first.
func (s *store) transact(operations []transactions.Operation) error {
	s.clearExpired(len(operations))
	var undo []func()
	for _, operation := range operations {
		var key string
		var before *entry
		var err error
		if operation.Set != nil {
			key = operation.Set.Key
			before, err = s.write(*operation.Set)
		} else {
			key = operation.Delete.Key
			before, err = s.remove(*operation.Delete)
		}
		if err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				undo[i]()
			}
			return err
		}
		undo = append(undo, func() { s.replace(key, before) })
	}
	return nil
}

// all are the entries that have not expired, in no order.
func (s *store) all() iter.Seq2[string, entry] {
	now := s.now()
	return func(yield func(string, entry) bool) {
		for key, entry := range s.entries {
			if !entry.hasExpired(now) && !yield(key, entry) {
				return
			}
		}
	}
}

func (e entry) hasExpired(now time.Time) bool {
	return !e.expires.IsZero() && !e.expires.After(now)
}

func (s *store) live(key string) (entry, bool) {
	found, ok := s.entries[key]
	// The clock is asked only for entries that expire: it costs a call out of the guest.
	if !ok || !found.expires.IsZero() && found.hasExpired(s.now()) {
		return entry{}, false
	}
	return found, true
}

// write answers what was there before.
func (s *store) write(request state.SetRequest) (*entry, error) {
	if err := s.check(request.Key, request.ETag, request.Concurrency == state.FirstWrite); err != nil {
		return nil, err
	}
	expires, err := requestedExpiry(request.Metadata, request.Key, s.now)
	if err != nil {
		return nil, err
	}
	s.lastEtag++
	return s.replace(request.Key, &entry{
		value:       request.Value,
		contentType: request.ContentType,
		etag:        s.lastEtag,
		expires:     expires,
	}), nil
}

// remove answers what was there before.
func (s *store) remove(request state.DeleteRequest) (*entry, error) {
	if err := s.check(request.Key, request.ETag, false); err != nil {
		return nil, err
	}
	return s.replace(request.Key, nil), nil
}

// check tells whether a write with this etag may go on. firstOnly speaks where there is no etag.
func (s *store) check(key, text string, firstOnly bool) error {
	if text == "" {
		if _, found := s.live(key); firstOnly && found {
			return fmt.Errorf("key %q is there already, and only its first write can succeed: %w", key, state.ErrETagMismatch)
		}
		return nil
	}
	etag, valid := parseEtag(text)
	if !valid {
		return fmt.Errorf("%q, given for key %q, is not a decimal number: %w", text, key, state.ErrETagInvalid)
	}
	entry, found := s.live(key)
	switch {
	case !found:
		return fmt.Errorf("key %q is not there, so no etag matches: %w", key, state.ErrETagMismatch)
	case entry.etag != etag:
		return fmt.Errorf("key %q has the etag %s now, not %s: %w", key, entry.etag, etag, state.ErrETagMismatch)
	default:
		return nil
	}
}

// replace puts an entry, or none, in the place of what is there, and answers that. All changes go through here, so that expiring is
// never out of step.
func (s *store) replace(key string, next *entry) *entry {
	var before *entry
	if found, ok := s.entries[key]; ok {
		before = &found
		if !found.expires.IsZero() {
			s.expiring.Delete(expiring{at: found.expires, etag: found.etag})
		}
	}
	if next == nil {
		delete(s.entries, key)
		return before
	}
	s.entries[key] = *next
	if !next.expires.IsZero() {
		s.expiring.ReplaceOrInsert(expiring{next.expires, next.etag, key})
	}
	return before
}

// clearExpired gives back the memory of items that have expired, some for each write to come.
func (s *store) clearExpired(writes int) {
	if s.expiring.Len() == 0 {
		return
	}
	now := s.now()
	for range writes * clearedPerWrite {
		next, found := s.expiring.Min()
		if !found || next.at.After(now) {
			return
		}
		s.expiring.DeleteMin()
		delete(s.entries, next.key)
	}
}
