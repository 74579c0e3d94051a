package main

import (
	"fmt"
	"testing"

	"plugbox/state"
)

// expiry is what an item says of it, and "" where it says nothing.
func (s *testStore) expiry(key string) string {
	s.t.Helper()
	item, err := s.get(key)
	s.must(err)
	return item.Metadata["ttlExpireTime"]
}

func TestAnItemIsThereUntilItsTime(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(setFor("k", "v", "10")))
	if s.expiry("k") != "1970-01-12T13:46:50.000Z" {
		t.Errorf("it expires at %s", s.expiry("k"))
	}
	s.wait(9)
	if s.text("k") != "v" {
		t.Error("it is gone too early")
	}
	s.wait(1)
	if s.text("k") != "-" {
		t.Error("it is there too long")
	}
}

func TestAnExpiredItemIsAMissingOne(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(setFor("k", "v", "10")))
	request := set("k", "w")
	request.ETag = s.etag("k")
	s.wait(10)
	for range s.all() {
		t.Error("it is among all")
	}
	// The write of another key clears the expired one away for good: ask before and after.
	for range 2 {
		s.wants(state.ErrETagMismatch, s.set(request))
		s.wants(state.ErrETagMismatch, s.delete(remove("k", request.ETag)))
		s.must(s.set(set("other", "v")))
	}
	s.must(s.set(setFor("k", "v", "10")))
	s.wait(10)
	first := set("k", "w")
	first.Concurrency = state.FirstWrite
	s.must(s.set(first))
}

func TestALaterWriteDecidesAnew(t *testing.T) {
	for _, row := range []struct {
		ttl  *string
		want string
	}{
		{nil, ""}, {ptr("-1"), ""}, {ptr("0"), ""}, {ptr("20"), "1970-01-12T13:47:05.000Z"},
		{ptr("+20"), "1970-01-12T13:47:05.000Z"},
	} {
		s := newTestStore(t)
		s.must(s.set(setFor("k", "v", "10")))
		s.wait(5)
		request := set("k", "w")
		if row.ttl != nil {
			request = setFor("k", "w", *row.ttl)
		}
		s.must(s.set(request))
		if s.expiry("k") != row.want {
			t.Errorf("%v: it expires at %q", row, s.expiry("k"))
		}
		s.wait(6)
		s.must(s.set(set("other", "v")))
		if s.text("k") != "w" {
			t.Errorf("%v: it is %q", row, s.text("k"))
		}
	}
}

func ptr(text string) *string { return &text }

func TestWhatIsNoLifeIsRefused(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(set("k", "v")))
	for _, wrong := range []string{
		"foo", "", " 5", "1.5", "1e3", "-2", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "253402300800",
		"99999999999999999999999",
	} {
		refused(t, s.set(setFor("k", "w", wrong)), "ttlInSeconds", fmt.Sprintf("%q", wrong))
	}
	if s.text("k") != "v" || s.held() != [2]int{1, 0} {
		t.Error("something is written")
	}
}

func TestTheLongestLifeLastsToTheEndOfTheYear9999(t *testing.T) {
	s := newTestStore(t)
	seconds := 253_402_300_799 - s.present.Unix()
	s.must(s.set(setFor("k", "v", fmt.Sprint(seconds))))
	if s.expiry("k") != "9999-12-31T23:59:59.000Z" {
		t.Errorf("it expires at %s", s.expiry("k"))
	}
	refused(t, s.set(setFor("k", "v", fmt.Sprint(seconds+1))))
}

func TestExpiredItemsGiveTheirMemoryBack(t *testing.T) {
	s := newTestStore(t)
	for range 100 {
		for i := range 100 {
			s.must(s.set(setFor(fmt.Sprint(i), "v", "10")))
		}
		s.wait(1)
	}
	if s.held() != [2]int{100, 100} {
		t.Errorf("%v are held, and no key counts twice", s.held())
	}
	s.wait(10)
	for range 4 {
		s.must(s.set(set("other", "v")))
	}
	if s.held() != [2]int{1, 0} {
		t.Errorf("%v are held", s.held())
	}
	for i := range 10_000 {
		s.must(s.set(setFor(fmt.Sprint("k", i), "v", "10")))
		if i%10 == 0 {
			s.wait(1)
		}
		if s.held()[0] > 110 {
			t.Fatalf("%v are held after %d", s.held(), i)
		}
	}
}
