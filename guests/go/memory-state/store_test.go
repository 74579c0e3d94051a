package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plugbox"
	"plugbox/state"
	"plugbox/statestore/bulkstate"
)

// testStore is a store with a clock of its own.
type testStore struct {
	*store
	t       *testing.T
	present time.Time
}

func newTestStore(t *testing.T) *testStore {
	test := &testStore{t: t, present: time.Unix(1_000_000, 0)}
	test.store = newStore(func() time.Time { return test.present })
	return test
}

func (s *testStore) wait(seconds int) {
	s.present = s.present.Add(time.Duration(seconds) * time.Second)
}

func set(key, value string) state.SetRequest {
	return state.SetRequest{Key: key, Value: []byte(value)}
}

func setFor(key, value, seconds string) state.SetRequest {
	request := set(key, value)
	request.Metadata = plugbox.Metadata{"ttlInSeconds": seconds}
	return request
}

func remove(key, etag string) state.DeleteRequest {
	return state.DeleteRequest{Key: key, ETag: etag}
}

// must do without an error.
func (s *testStore) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// text is what is under a key, and "-" where nothing is.
func (s *testStore) text(key string) string {
	item, err := s.get(key)
	if errors.Is(err, state.ErrNotFound) {
		return "-"
	}
	s.must(err)
	return string(item.Value)
}

func (s *testStore) etag(key string) string {
	s.t.Helper()
	item, err := s.get(key)
	s.must(err)
	return item.ETag
}

// held is how many entries take memory, those that have expired among them, and how many expire.
func (s *testStore) held() [2]int {
	return [2]int{len(s.entries), s.expiring.Len()}
}

// wants says what an error is not.
func (s *testStore) wants(want, err error) {
	s.t.Helper()
	if !errors.Is(err, want) {
		s.t.Errorf("%v is not: %v", err, want)
	}
}

// refused is an InvalidArgument that has certain words.
func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil || plugbox.CodeOf(err) != plugbox.InvalidArgument {
		t.Fatalf("%v is no InvalidArgument", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not name %s", err, word)
		}
	}
}

func TestValueAndContentTypeAreKeptUntilDeleted(t *testing.T) {
	s := newTestStore(t)
	request := set("k", "v")
	request.ContentType = "text/plain"
	s.must(s.set(request))
	item, err := s.get("k")
	s.must(err)
	if string(item.Value) != "v" || item.ContentType != "text/plain" || item.Metadata != nil {
		t.Errorf("the item is %v", item)
	}
	s.must(s.delete(remove("k", "")))
	s.must(s.delete(remove("k", "")))
	if s.text("k") != "-" {
		t.Error("it is there still")
	}
}

func TestAnEtagChangesAtEachWriteAndNeverComesBack(t *testing.T) {
	s := newTestStore(t)
	seen := map[string]bool{"": true}
	for range 5 {
		for range 2 {
			s.must(s.set(set("k", "same")))
			if etag := s.etag("k"); seen[etag] {
				t.Errorf("%q comes twice", etag)
			} else {
				seen[etag] = true
			}
		}
		s.must(s.delete(remove("k", "")))
	}
}

func TestAStoreThatStartsLaterMakesOtherEtags(t *testing.T) {
	first := newTestStore(t)
	first.must(first.set(set("k", "v")))
	second := newTestStore(t)
	second.wait(1)
	second.store = newStore(second.now)
	second.must(second.set(set("k", "v")))
	request := set("k", "w")
	request.ETag = first.etag("k")
	second.wants(state.ErrETagMismatch, second.set(request))
}

func TestTheEtagDecidesWhateverTheConcurrency(t *testing.T) {
	for _, concurrency := range []state.Concurrency{state.UnspecifiedConcurrency, state.FirstWrite, state.LastWrite} {
		s := newTestStore(t)
		write := func(value, etag string) error {
			request := set("k", value)
			request.ETag, request.Concurrency = etag, concurrency
			return s.set(request)
		}
		s.must(s.set(set("k", "1")))
		first := s.etag("k")
		s.must(write("2", first))
		s.wants(state.ErrETagMismatch, write("3", first))
		s.wants(state.ErrETagMismatch, s.delete(remove("k", first)))
		if s.text("k") != "2" {
			t.Errorf("the value is %q", s.text("k"))
		}
		second := s.etag("k")
		s.must(s.delete(remove("k", second)))
		s.wants(state.ErrETagMismatch, write("4", second))
		s.wants(state.ErrETagMismatch, s.delete(remove("k", second)))
	}
}

func TestWhatThisStoreNeverWritesIsNoEtag(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(set("k", "v")))
	etag := s.etag("k")
	for _, wrong := range []string{
		"bad-etag", " ", "-1", "1.5", "0x1", "1_0", "0" + etag, "+" + etag, strings.Repeat("9", 100),
	} {
		for _, key := range []string{"k", "missing"} {
			request := set(key, "w")
			request.ETag = wrong
			s.wants(state.ErrETagInvalid, s.set(request))
			s.wants(state.ErrETagInvalid, s.delete(remove(key, wrong)))
		}
	}
	for _, other := range []string{"0", "1", "18446744073709551615"} {
		s.wants(state.ErrETagMismatch, s.delete(remove("k", other)))
		s.wants(state.ErrETagMismatch, s.delete(remove("missing", other)))
	}
	if s.text("k") != "v" {
		t.Errorf("the value is %q", s.text("k"))
	}
}

func TestWithoutAnEtagTheFirstWriteWinsWhereThatIsAsked(t *testing.T) {
	s := newTestStore(t)
	first, last := set("k", "1"), set("k", "2")
	first.Concurrency, last.Concurrency = state.FirstWrite, state.LastWrite
	s.must(s.set(first))
	s.wants(state.ErrETagMismatch, s.set(first))
	s.must(s.set(last))
	s.must(s.delete(state.DeleteRequest{Key: "k", Concurrency: state.FirstWrite}))
	s.must(s.set(first))
}

func TestBulkCallsDoWhatCanBeDoneAndAnswerTheFirstFailure(t *testing.T) {
	s := newTestStore(t)
	m := memoryState{s.store}
	wrong := func(key, etag string) state.SetRequest {
		request := set(key, "w")
		request.ETag = etag
		return request
	}
	err := m.BulkSet([]state.SetRequest{set("a", "1"), wrong("b", "bad-etag"), wrong("c", "1"), set("d", "2")})
	s.wants(state.ErrETagInvalid, err)
	got, err := m.BulkGet([]state.GetRequest{{Key: "d"}, {Key: "b"}, {Key: "a"}})
	s.must(err)
	if len(got) != 3 || string(got[0].Item.Value) != "2" || string(got[2].Item.Value) != "1" {
		t.Errorf("the answers are %v", got)
	}
	s.wants(state.ErrNotFound, got[1].Err)
	s.wants(state.ErrETagMismatch, m.BulkDelete([]state.DeleteRequest{remove("a", ""), remove("b", "1"), remove("d", "")}))
	if s.held() != [2]int{} {
		t.Errorf("%v are held", s.held())
	}
	var _ bulkstate.Store = m
}

func TestInitKeepsTheItems(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(set("k", "v")))
	features, err := memoryState{s.store}.Init(plugbox.Metadata{"any": "thing"})
	s.must(err)
	if len(features) != 2 || s.text("k") != "v" {
		t.Errorf("after Init there are %v and %q", features, s.text("k"))
	}
}
