// Package queries is for state stores that are queried by the JSON values of their items. A guest that imports it has the feature
// QUERY_API.
package queries

import (
	"encoding/json"

	"plugbox"
	"plugbox/state"
)

// Store answers queries.
type Store interface {
	// Query is a page of the items whose values are JSON and match. Values that are not JSON are skipped. A token that this store
	// did not make is a plugbox.InvalidArgument.
	Query(request Request) (Page, error)
}

// Request is a query. plugbox has parsed and checked it.
type Request struct {
	// Filter is nil for every item whose value is JSON.
	Filter Filter
	// Sort is by the first key, and by the next where those before are equal.
	Sort []SortKey
	// Limit is the most items in one page, 0 for all.
	Limit uint32
	// Token is that of the page before, empty for the first page.
	Token    string
	Metadata plugbox.Metadata
}

// Filter is one of AllOf, AnyOf, Compare and OneOf.
type Filter interface {
	filter()
}

// AllOf is true where all its filters are. It is never empty.
type AllOf []Filter

// AnyOf is true where any of its filters is. It is never empty.
type AnyOf []Filter

// Compare is true where the field at a path compares so with a value. Where there is no such field, only NotEqual is true.
type Compare struct {
	// Path is the names of fields from the outside in.
	Path       []string
	Comparison Comparison
	Value      Value
}

// OneOf is true where the field at a path equals any of the values.
type OneOf struct {
	Path   []string
	Values []Value
}

func (AllOf) filter()   {}
func (AnyOf) filter()   {}
func (Compare) filter() {}
func (OneOf) filter()   {}

// Value is a JSON value to compare with: nil, a bool, a string, an int64 for a number with neither a fraction nor an exponent, a
// float64 for any other number (1 and 1.0 are the same number), or a json.RawMessage for an array or an object.
type Value any

var _ Value = json.RawMessage{}

// Comparison is how two values are compared. Values of different kinds are not equal, and neither is before the other. Numbers
// compare as numbers, texts by code points, and false is before true. Null is equal to null. Arrays and objects are equal or not
// and have no order. AtLeast and AtMost are true of all that are equal.
type Comparison uint8

// The comparisons.
const (
	Equal Comparison = iota
	NotEqual
	Greater
	AtLeast
	Less
	AtMost
)

// SortKey is one key to sort by. Items without the field come last, also when descending. How values of different kinds are
// ordered is the store's own affair, as long as it is always the same.
type SortKey struct {
	Path       []string
	Descending bool
}

// Page is some of the items that were found.
type Page struct {
	Items []Found
	// Token asks for the next page; it is empty when this is the last.
	Token    string
	Metadata plugbox.Metadata
}

// Found is one item and its key. Of the item's metadata the client sees nothing.
type Found struct {
	Key  string
	Item state.Item
}
