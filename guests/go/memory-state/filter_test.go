package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"plugbox/statestore/queries"
)

// Which comparisons are true: e(qual), n(ot equal), g(reater), G (at least), l(ess), L (at most).
const (
	same, after, before, apart = "eGL", "ngG", "nlL", "n"
	letters                    = "engGlL"
)

func matches(t *testing.T, filter queries.Filter, text string) bool {
	t.Helper()
	wants, err := compile(filter)
	if err != nil {
		t.Fatal(err)
	}
	document, valid := parse([]byte(text))
	if !valid {
		t.Fatalf("%s is not JSON", text)
	}
	return wants(document)
}

func TestComparisons(t *testing.T) {
	raw := func(text string) json.RawMessage { return json.RawMessage(text) }
	big := int64(math.MaxInt64)
	for _, row := range []struct {
		field string
		value queries.Value
		want  string
	}{
		{"1", int64(1), same}, {"1.0", int64(1), same}, {"1", 1.0, same}, {"-0.0", int64(0), same}, {"1e2", int64(100), same},
		{"2", int64(1), after}, {"1.5", int64(1), after}, {"1", 1.5, before}, {"-1.5", int64(-1), before}, {"-1", -1.5, after},
		{"15", 11.1, after}, {"0.1", 0.1, same}, {"1e300", big, after}, {"-1e300", int64(math.MinInt64), before},
		// As floats these would be the same.
		{"9223372036854775807", big - 1, after}, {"9223372036854775807", float64(big), before},
		{"18446744073709551615", big, after}, {"18446744073709551615", 18446744073709551616.0, before},
		{"9007199254740993", int64(9007199254740992), after}, {"-9007199254740993", int64(-9007199254740992), before},
		{"-9223372036854775808", int64(math.MinInt64), same}, {"-9223372036854775808", -9223372036854775808.0, same},
		{`"b"`, "b", same}, {`"b"`, "a", after}, {`"a"`, "aa", before}, {`"Z"`, "a", before}, {`"\u00e9"`, "z", after},
		{"true", true, same}, {"true", false, after}, {"null", nil, same},
		{`[1, {"a": 2}]`, raw(`[1.0, {"a": 2}]`), same}, {"[1, 2]", raw("[2, 1]"), apart}, {"[1]", raw("[1, 1]"), apart},
		{`{"a": 1, "b": null}`, raw(`{"b": null, "a": 1}`), same}, {`{"a": 1}`, raw(`{"a": 1, "b": 2}`), apart},
		{`{"a": 1}`, raw(`{"b": 1}`), apart}, {"5", raw("5"), same},
		// Different kinds.
		{`"1"`, int64(1), apart}, {"1", true, apart}, {"null", int64(0), apart}, {"0", nil, apart}, {"[]", raw("{}"), apart},
		{`"[]"`, raw("[]"), apart},
	} {
		for i, letter := range letters {
			filter := queries.Compare{Path: []string{"field"}, Comparison: queries.Comparison(i), Value: row.value}
			if got := matches(t, filter, `{"field": `+row.field+`}`); got != strings.ContainsRune(row.want, letter) {
				t.Errorf("%s %c %v is %t", row.field, letter, row.value, got)
			}
		}
	}
}

func TestWhereThereIsNoFieldOnlyNotEqualIsTrue(t *testing.T) {
	path := []string{"a", "b"}
	for _, text := range []string{
		`{}`, `{"a": {}}`, `{"a": [{"b": 1}]}`, `{"a": "b"}`, `{"a.b": 1}`, `{"A": {"B": 1}}`, `1`, `"a"`, `null`, `[{"a": {"b": 1}}]`,
	} {
		for _, value := range []queries.Value{nil, int64(1)} {
			for i, letter := range letters {
				filter := queries.Compare{Path: path, Comparison: queries.Comparison(i), Value: value}
				if matches(t, filter, text) != (letter == 'n') {
					t.Errorf("%s %c %v", text, letter, value)
				}
			}
			if matches(t, queries.OneOf{Path: path, Values: []queries.Value{value}}, text) {
				t.Errorf("%s is one of %v", text, value)
			}
		}
	}
}

func TestOneOf(t *testing.T) {
	oneOf := func(values ...queries.Value) queries.Filter {
		return queries.OneOf{Path: []string{"a", "b"}, Values: values}
	}
	if !matches(t, oneOf("2", 2.0), `{"a": {"b": 2}}`) || !matches(t, oneOf(nil), `{"a": {"b": null}}`) {
		t.Error("what is among the values is not")
	}
	if matches(t, oneOf("2", int64(3)), `{"a": {"b": 2}}`) || matches(t, oneOf(), `{"a": {"b": 2}}`) {
		t.Error("what is not among the values is")
	}
}

func TestAllOfAndAnyOf(t *testing.T) {
	is := func(field string) queries.Filter { return queries.Compare{Path: []string{field}, Value: true} }
	filter := queries.AllOf{queries.AnyOf{is("a"), queries.AllOf{is("b"), is("c")}}, is("d")}
	for bits := range 16 {
		a, b, c, d := bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0
		text := fmt.Sprintf(`{"a": %t, "b": %t, "c": %t, "d": %t}`, a, b, c, d)
		if matches(t, filter, text) != ((a || b && c) && d) {
			t.Error(text)
		}
	}
	if !matches(t, nil, "1") {
		t.Error("no filter does not want everything")
	}
}

func TestAValueThatIsNoJSONIsRefused(t *testing.T) {
	for _, text := range []string{"{", "", "[] []", strings.Repeat("[", 100_000)} {
		value := json.RawMessage(text)
		for _, filter := range []queries.Filter{
			queries.Compare{Value: value},
			queries.AllOf{queries.AnyOf{queries.OneOf{Values: []queries.Value{int64(1), value}}}},
		} {
			_, err := compile(filter)
			refused(t, err, "not JSON")
		}
	}
}

func TestDepthIsThatOfArraysAndObjects(t *testing.T) {
	for text, want := range map[string]int{
		"1": 0, "[]": 1, `[{"a":[]},[]]`: 3, `"[[["`: 0, `["\"[[",[]]`: 2, `["\\",[[]]]`: 3, `"`: 0, `"\`: 0,
	} {
		if got := depth([]byte(text)); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
}
