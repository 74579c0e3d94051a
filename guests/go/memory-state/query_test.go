package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"plugbox/statestore/queries"
)

func by(path string, descending bool) queries.SortKey {
	return queries.SortKey{Path: strings.Split(path, "."), Descending: descending}
}

func (s *testStore) ask(request queries.Request) queries.Page {
	s.t.Helper()
	page, err := s.query(request)
	s.must(err)
	return page
}

func keys(page queries.Page) string {
	var keys []string
	for _, found := range page.Items {
		keys = append(keys, found.Key)
	}
	return strings.Join(keys, " ")
}

func TestWhatIsJSONAndMatchesIsFound(t *testing.T) {
	s := newTestStore(t)
	for key, value := range map[string]string{
		"a": `{"state":"CA"}`, "b": ` {"state":"CA"}`, "c": `{"state":"WA"}`, "broken": `{"state":"CA"`, "two": "1 2",
		"binary": "\x01", "empty": "", "number": "123",
		"deep": strings.Repeat("[", deepest+1) + strings.Repeat("]", deepest+1),
	} {
		s.must(s.set(set(key, value)))
	}
	typed := set("d", `{"state":"CA"}`)
	typed.ContentType = "application/json"
	s.must(s.set(typed))
	s.must(s.set(setFor("gone", `{"state":"CA"}`, "1")))
	s.wait(1)
	if all := s.ask(queries.Request{}); keys(all) != "a b c d number" || all.Token != "" {
		t.Errorf("all are %s", keys(all))
	}
	page := s.ask(queries.Request{Filter: queries.Compare{Path: []string{"state"}, Value: "CA"}})
	if keys(page) != "a b d" {
		t.Fatalf("%s are found", keys(page))
	}
	if item := page.Items[2].Item; item.ETag != s.etag("d") || item.ContentType != "application/json" ||
		string(item.Value) != `{"state":"CA"}` {
		t.Errorf("the item is %v", item)
	}
}

func TestItIsSortedByEachKeyInTurnWithMissingFieldsLast(t *testing.T) {
	s := newTestStore(t)
	for key, value := range map[string]string{
		"null": `{"v":null}`, "false": `{"v":false}`, "two-b": `{"v":2,"w":"b"}`, "two-a": `{"v":2.0,"w":"a"}`, "two": `{"v":2}`,
		"ten": `{"v":10}`, "text": `{"v":"1"}`, "array": `{"v":[]}`, "object": `{"v":{}}`, "none": `{}`,
	} {
		s.must(s.set(set(key, value)))
	}
	for _, row := range []struct {
		sort []queries.SortKey
		want string
	}{
		{[]queries.SortKey{by("v", false), by("w", false)}, "null false two-a two-b two ten text array object none"},
		{[]queries.SortKey{by("v", true), by("w", true)}, "object array text ten two-b two-a two false null none"},
		{[]queries.SortKey{by("nowhere", true)}, "array false none null object ten text two two-a two-b"},
	} {
		if got := keys(s.ask(queries.Request{Sort: row.sort})); got != row.want {
			t.Errorf("%v: %s", row.sort, got)
		}
	}
}

func TestTheLastPageHasNoToken(t *testing.T) {
	s := newTestStore(t)
	for _, key := range []string{"a", "b", "c", "d"} {
		s.must(s.set(set(key, "1")))
	}
	page := func(limit uint32, token string) queries.Page {
		return s.ask(queries.Request{Limit: limit, Token: token})
	}
	if page(4, "").Token != "" || page(math.MaxUint32, "").Token != "" {
		t.Error("there is more than all")
	}
	first := page(2, "")
	second := page(2, first.Token)
	if keys(first) != "a b" || keys(second) != "c d" || second.Token != "" {
		t.Errorf("the pages are %v and %v", first, second)
	}
	if rest := page(3, page(1, "").Token); keys(rest) != "b c d" || rest.Token != "" {
		t.Errorf("the rest is %v", rest)
	}
}

func TestATokenOfAnotherMakeIsRefused(t *testing.T) {
	s := newTestStore(t)
	s.must(s.set(set("a", "1")))
	s.must(s.set(set("b", "1")))
	token := s.ask(queries.Request{Limit: 1}).Token
	for _, wrong := range []string{
		"1", "x", "{}", "null", "\x00", token + "x", token[1:], `{"Sort":null,"After":{"Values":[[1]],"Key":"a"}}`,
		`{"Sort":null,"After":null}`, `{"Sort":null,"After":{"Values":null,"Key":"a"},"Other":1}`,
	} {
		_, err := s.query(queries.Request{Limit: 1, Token: wrong})
		refused(t, err, "token")
	}
	_, err := s.query(queries.Request{Limit: 1, Token: token, Sort: []queries.SortKey{by("v", false)}})
	refused(t, err, "sorts otherwise")
}

// document has few distinct values, so that many are equal, and some that floats are easily wrong about.
func document(random *rand.Rand) string {
	values := []string{
		"1", "2.0", "2", "1e0", `"a"`, `"b"`, `""`, "true", "false", "null", "[1]", "{}", "9007199254740993",
		"9007199254740992", "9007199254740992.0", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
		"0.30000000000000004440892098500626", "1e400", fmt.Sprint(random.Float64()),
	}
	if random.IntN(8) == 0 {
		return "{}"
	}
	return `{"v":` + values[random.IntN(len(values))] + `}`
}

// Random stores: all pages together are the whole, in its order, though other items are written and deleted between them.
func TestPagingVisitsEverythingOnceWhileOthersWrite(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		s := newTestStore(t)
		count := random.IntN(40)
		// Even keys stay as they are; changes touch the odd ones.
		for i := range count {
			s.must(s.set(set(fmt.Sprintf("%03d", i*2), document(random))))
		}
		request := queries.Request{Sort: []queries.SortKey{by("v", round%2 == 0)}}
		var want []string
		for _, found := range s.ask(request).Items {
			want = append(want, found.Key)
		}
		request.Limit = uint32(1 + random.IntN(6))
		var visited []string
		for pages := 0; ; pages++ {
			if pages > 200 {
				t.Fatal("paging does not end")
			}
			page := s.ask(request)
			for _, found := range page.Items {
				if (found.Key[2]-'0')%2 == 0 {
					visited = append(visited, found.Key)
				}
			}
			if request.Token = page.Token; page.Token == "" {
				break
			}
			if pages < 20 {
				key := fmt.Sprintf("%03d", random.IntN(40)*2+1)
				s.must(s.delete(remove(key, "")))
				s.must(s.set(set(fmt.Sprintf("%03d", random.IntN(40)*2+1), document(random))))
			}
		}
		if !slices.Equal(visited, want) {
			t.Fatalf("visited %v, not %v", visited, want)
		}
	}
}
