package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// deepest is how far a value may be nested. The parser calls itself for each level, and past the end of its stack an instance is lost
// with all its memory.
const deepest = 128

// parse is a JSON value, with its numbers as they were written; false for what is not JSON, or is nested too deeply.
func parse(text []byte) (any, bool) {
	if depth(text) > deepest {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, false
	}
	_, err := decoder.Token()
	return value, err == io.EOF
}

// depth is how many arrays and objects stand inside each other, in what may be JSON.
func depth(text []byte) int {
	most, open, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch character := text[i]; {
		case quoted && character == '\\':
			i++
		case character == '"':
			quoted = !quoted
		case quoted:
		case character == '[' || character == '{':
			open++
			most = max(most, open)
		case character == ']' || character == '}':
			open--
		}
	}
	return most
}

// find is the field at a path, if there is one. Arrays have no fields.
func find(document any, path []string) (any, bool) {
	for _, name := range path {
		object, _ := document.(map[string]any)
		field, found := object[name]
		if !found {
			return nil, false
		}
		document = field
	}
	return document, true
}

// compare is how two values stand to each other; false where neither is equal to, before or after the other.
//
// Numbers compare by value, texts by their characters' code points, and false is before true. Arrays, and objects, can be equal and
// have no order. Values of different kinds have nothing to do with each other.
func compare(a, b any) (int, bool) {
	switch a := a.(type) {
	case nil:
		return 0, b == nil
	case bool:
		b, same := b.(bool)
		return cmp.Compare(truth(a), truth(b)), same
	case string:
		b, same := b.(string)
		return cmp.Compare(a, b), same
	case []any:
		b, same := b.([]any)
		return 0, same && equalLists(a, b)
	case map[string]any:
		b, same := b.(map[string]any)
		return 0, same && equalObjects(a, b)
	default:
		left, _ := numberOf(a)
		right, same := numberOf(b)
		return left.compare(right), same
	}
}

func truth(value bool) int {
	if value {
		return 1
	}
	return 0
}

// equal tells whether two values are the same: 1 and 1.0 are.
func equal(a, b any) bool {
	order, comparable := compare(a, b)
	return comparable && order == 0
}

func equalLists(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalObjects(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, found := b[name]; !found || !equal(value, other) {
			return false
		}
	}
	return true
}

// number is a number of JSON: an integer of 64 bits exactly, and any other as the nearest float. It is the nearest float, and what an
// integer is more than that.
type number struct {
	float float64
	rest  int64
}

// numberOf is false for what is no number.
func numberOf(value any) (number, bool) {
	switch value := value.(type) {
	case json.Number:
		return parseNumber(value.String()), true
	case int64:
		return integer(uint64(value), float64(value)), true
	case float64:
		return number{float: value}, true
	default:
		return number{}, false
	}
}

func parseNumber(text string) number {
	if value, err := strconv.ParseInt(text, 10, 64); err == nil {
		return integer(uint64(value), float64(value))
	}
	if value, err := strconv.ParseUint(text, 10, 64); err == nil {
		return integer(value, float64(value))
	}
	// A number past all floats is taken for an infinite one.
	value, _ := strconv.ParseFloat(text, 64)
	return number{float: value}
}

// integer is an integer by its bits and its nearest float.
func integer(bits uint64, float float64) number {
	var nearest uint64
	switch {
	case float < math.MaxInt64:
		nearest = uint64(int64(float))
	case float < math.MaxUint64:
		nearest = uint64(float)
	}
	// Differences are small, and exact also where the bits wrap around.
	return number{float, int64(bits - nearest)}
}

func (a number) compare(b number) int {
	return cmp.Or(cmp.Compare(a.float, b.float), cmp.Compare(a.rest, b.rest))
}
