// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_queriable_state_store

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
)

type Metadata = []witTypes.Tuple2[string, string]
type StateError = dapr_components_state_types.StateError

const (
	ComparisonEq  uint8 = 0
	ComparisonNeq uint8 = 1
	ComparisonGt  uint8 = 2
	ComparisonGte uint8 = 3
	ComparisonLt  uint8 = 4
	ComparisonLte uint8 = 5
)

// How two values are compared. Values of different kinds are not equal, and neither is before the other.
// Numbers compare as numbers, texts by code points, and false is before true. Null is equal to null. Arrays and objects
// are equal or not and have no order. `gte` and `lte` are true of all that are equal.
type Comparison = uint8

const (
	ValueNull    uint8 = 0
	ValueBoolean uint8 = 1
	// A number with neither a fraction nor an exponent, that fits.
	ValueInteger uint8 = 2
	// Any other number. `1` and `1.0` are the same number.
	ValueNumber uint8 = 3
	ValueText   uint8 = 4
	// A JSON array or object, as JSON text.
	ValueJson uint8 = 5
)

// A JSON value to compare with.
type Value struct {
	tag   uint8
	value any
}

func (self Value) Tag() uint8 {
	return self.tag
}

func (self Value) Boolean() bool {
	if self.tag != ValueBoolean {
		panic("tag mismatch")
	}
	return self.value.(bool)
}
func (self Value) Integer() int64 {
	if self.tag != ValueInteger {
		panic("tag mismatch")
	}
	return self.value.(int64)
}
func (self Value) Number() float64 {
	if self.tag != ValueNumber {
		panic("tag mismatch")
	}
	return self.value.(float64)
}
func (self Value) Text() string {
	if self.tag != ValueText {
		panic("tag mismatch")
	}
	return self.value.(string)
}
func (self Value) Json() string {
	if self.tag != ValueJson {
		panic("tag mismatch")
	}
	return self.value.(string)
}

func MakeValueNull() Value {
	return Value{ValueNull, nil}
}
func MakeValueBoolean(value bool) Value {
	return Value{ValueBoolean, value}
}
func MakeValueInteger(value int64) Value {
	return Value{ValueInteger, value}
}
func MakeValueNumber(value float64) Value {
	return Value{ValueNumber, value}
}
func MakeValueText(value string) Value {
	return Value{ValueText, value}
}
func MakeValueJson(value string) Value {
	return Value{ValueJson, value}
}

// True where the field at a path compares so with a value. Where there is no such field, only `neq` is true.
type Compare struct {
	// Names of fields from the outside in, with dots between: `person.address.city`.
	Path       string
	Comparison Comparison
	Value      Value
}

// True where the field at a path equals any of the values.
type OneOf struct {
	Path   string
	Values []Value
}

const (
	// True where all children are. Never without children.
	NodeAllOf uint8 = 0
	// True where any child is. Never without children.
	NodeAnyOf   uint8 = 1
	NodeCompare uint8 = 2
	NodeOneOf   uint8 = 3
)

// One node of a filter. A filter is a list of nodes: the first is the root, and a node names its children
// by their places in the list (from 0), all of them later than its own. Each node but the root has exactly one parent.
type Node struct {
	tag   uint8
	value any
}

func (self Node) Tag() uint8 {
	return self.tag
}

func (self Node) AllOf() []uint32 {
	if self.tag != NodeAllOf {
		panic("tag mismatch")
	}
	return self.value.([]uint32)
}
func (self Node) AnyOf() []uint32 {
	if self.tag != NodeAnyOf {
		panic("tag mismatch")
	}
	return self.value.([]uint32)
}
func (self Node) Compare() Compare {
	if self.tag != NodeCompare {
		panic("tag mismatch")
	}
	return self.value.(Compare)
}
func (self Node) OneOf() OneOf {
	if self.tag != NodeOneOf {
		panic("tag mismatch")
	}
	return self.value.(OneOf)
}

func MakeNodeAllOf(value []uint32) Node {
	return Node{NodeAllOf, value}
}
func MakeNodeAnyOf(value []uint32) Node {
	return Node{NodeAnyOf, value}
}
func MakeNodeCompare(value Compare) Node {
	return Node{NodeCompare, value}
}
func MakeNodeOneOf(value OneOf) Node {
	return Node{NodeOneOf, value}
}

// One key to sort by. Items without the field come last, also when descending. How values of different
// kinds are ordered is the store's own affair, as long as it is always the same.
type SortKey struct {
	Path       string
	Descending bool
}

type QueryRequest struct {
	// Empty: every item whose value is JSON.
	Filter []Node
	// The first key decides, the next where those before are equal.
	Sort []SortKey
	// The most items in one page, at least 1; none for all.
	Limit witTypes.Option[uint32]
	// From the page before; none for the first page.
	Token    witTypes.Option[string]
	Metadata []witTypes.Tuple2[string, string]
}

// One item that was found.
type Found struct {
	Key   string
	Value []uint8
	// As in `item`.
	Etag        witTypes.Option[string]
	ContentType witTypes.Option[string]
}

type Page struct {
	Items []Found
	// Asks for the next page; none when this is the last.
	Token    witTypes.Option[string]
	Metadata []witTypes.Tuple2[string, string]
}
