package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"

	"plugbox/state"
	"plugbox/statestore/transactions"
)

func setting(request state.SetRequest) transactions.Operation {
	return transactions.Operation{Set: &request}
}

func deleting(key, etag string) transactions.Operation {
	return transactions.Operation{Delete: &state.DeleteRequest{Key: key, ETag: etag}}
}

func TestALaterOperationSeesWhatAnEarlierOneDid(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(set("a", "old")))
	first := func(key, value string) transactions.Operation {
		request := set(key, value)
		request.Concurrency = state.FirstWrite
		return setting(request)
	}
	s.must(s.transact([]transactions.Operation{
		deleting("a", ""), first("a", "new"),
		first("b", "1"), deleting("b", ""), first("b", "2"), deleting("b", ""),
		setting(setFor("c", "3", "10")),
	}))
	if s.text("a") != "new" || s.text("b") != "-" || s.text("c") != "3" {
		t.Errorf("there are %s, %s and %s", s.text("a"), s.text("b"), s.text("c"))
	}
	s.wait(10)
	if s.text("c") != "-" {
		t.Error("its expiry is lost")
	}
	s.must(s.transact(nil))
}

func TestAFailureUndoesWhatWentBefore(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(setFor("a", "1", "10")))
	s.must(s.set(set("b", "2")))
	before, held := maps.Clone(s.entries), s.held()
	work := func(last transactions.Operation) error {
		return s.transact([]transactions.Operation{
			setting(set("a", "x")), setting(setFor("a", "y", "5")), deleting("b", ""), setting(setFor("b", "z", "5")),
			setting(set("c", "new")), deleting("a", ""), last,
		})
	}
	first := set("b", "w")
	first.Concurrency = state.FirstWrite
	s.wants(state.ErrETagMismatch, work(setting(first)))
	s.wants(state.ErrETagMismatch, work(deleting("d", "1")))
	s.wants(state.ErrETagInvalid, work(deleting("c", "bad-etag")))
	refused(t, work(setting(setFor("c", "w", "foo"))))
	if !reflect.DeepEqual(s.entries, before) || s.held() != held {
		t.Errorf("there are %v", s.entries)
	}
	s.wait(10)
	if s.text("a") != "-" {
		t.Error("its expiry is not back")
	}
}

// Random histories: what a transaction leaves is either what was before, or what its operations leave one by one.
func TestATransactionDoesAllOrNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	done, undone := 0, 0
	for range 300 {
		s := newTestStore(t)
		for range 10 {
			var operations []transactions.Operation
			expected := maps.Clone(s.entries)
			for range random.IntN(8) {
				key, etag := fmt.Sprint(random.IntN(6)), ""
				if random.IntN(8) == 0 {
					etag = fmt.Sprint(uint64(s.entries[key].etag))
				}
				if random.IntN(3) == 0 {
					operations = append(operations, deleting(key, etag))
					delete(expected, key)
					continue
				}
				request := set(key, fmt.Sprint(random.IntN(100)))
				request.ETag = etag
				if random.IntN(6) == 0 {
					request.Concurrency = state.FirstWrite
				}
				if random.IntN(2) == 0 {
					request.Metadata = map[string]string{"ttlInSeconds": "100000"}
				}
				operations = append(operations, setting(request))
				expected[key] = entry{value: request.Value}
			}
			before := maps.Clone(s.entries)
			if s.transact(operations) != nil {
				undone++
				if !reflect.DeepEqual(s.entries, before) {
					t.Fatalf("%v was undone to %v, not to %v", operations, s.entries, before)
				}
				continue
			}
			done++
			same := func(a, b entry) bool { return string(a.value) == string(b.value) }
			if !maps.EqualFunc(s.entries, expected, same) {
				t.Fatalf("%v left %v, not %v", operations, s.entries, expected)
			}
		}
		if held := s.held(); held[0] > 6 || held[1] > held[0] {
			t.Fatalf("%v are held", held)
		}
	}
	if done < 100 || undone < 100 {
		t.Errorf("%d were done and %d undone: the histories are too one-sided", done, undone)
	}
}
