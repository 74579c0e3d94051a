package main

import (
	"errors"
	"testing"

	"plugbox/state"
)

func TestAnItemIsThereUntilItIsDeleted(t *testing.T) {
	s := newStore()
	if err := s.Set(state.SetRequest{Key: "a", Value: []byte("1"), ContentType: "text/plain"}); err != nil {
		t.Fatal(err)
	}
	item, err := s.Get(state.GetRequest{Key: "a"})
	if err != nil || string(item.Value) != "1" || item.ContentType != "text/plain" {
		t.Errorf("it is %v, %v", item, err)
	}
	if err := s.Delete(state.DeleteRequest{Key: "a"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(state.GetRequest{Key: "a"}); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("it is %v", err)
	}
}

func TestAWriteNeedsTheEtagOfTheLastOne(t *testing.T) {
	s := newStore()
	write := func(etag string) error { return s.Set(state.SetRequest{Key: "a", ETag: etag}) }
	if err := write(""); err != nil {
		t.Fatal(err)
	}
	first := s.items["a"].ETag
	if err := write(first); err != nil {
		t.Errorf("the etag is refused: %v", err)
	}
	if err := write(first); !errors.Is(err, state.ErrETagMismatch) {
		t.Errorf("an old etag is %v", err)
	}
	if err := write("one"); !errors.Is(err, state.ErrETagInvalid) {
		t.Errorf("what is no etag is %v", err)
	}
	if err := s.Delete(state.DeleteRequest{Key: "a", ETag: first}); !errors.Is(err, state.ErrETagMismatch) {
		t.Errorf("an old etag is %v", err)
	}
}

func TestOnlyTheFirstOfFirstWritesWins(t *testing.T) {
	s := newStore()
	request := state.SetRequest{Key: "a", Concurrency: state.FirstWrite}
	if err := s.Set(request); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(request); !errors.Is(err, state.ErrETagMismatch) {
		t.Errorf("the second is %v", err)
	}
}
