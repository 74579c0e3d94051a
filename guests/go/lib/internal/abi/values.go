// Package abi is what the generated code stands on: the contract's kinds of values that Go has no word for, and the memory
// through which arguments and results cross the guest's border.
package abi

// Tuple2 is a pair.
type Tuple2[A, B any] struct {
	F0 A
	F1 B
}

// The tags of an Option.
const (
	OptionNone uint8 = iota
	OptionSome
)

// Option is a value or none.
type Option[T any] struct {
	tag   uint8
	value T
}

// None is an Option without a value.
func None[T any]() Option[T] {
	return Option[T]{}
}

// Some is an Option with a value.
func Some[T any](value T) Option[T] {
	return Option[T]{OptionSome, value}
}

// Tag tells whether there is a value.
func (o Option[T]) Tag() uint8 {
	return o.tag
}

// Some is the value, and the zero value where there is none.
func (o Option[T]) Some() T {
	return o.value
}

// The tags of a Result.
const (
	ResultOk uint8 = iota
	ResultErr
)

// Result is a success or a failure.
type Result[T, E any] struct {
	tag     uint8
	success T
	failure E
}

// Ok is a Result that succeeded.
func Ok[T, E any](value T) Result[T, E] {
	return Result[T, E]{tag: ResultOk, success: value}
}

// Err is a Result that failed.
func Err[T, E any](value E) Result[T, E] {
	return Result[T, E]{tag: ResultErr, failure: value}
}

// Tag tells a success from a failure.
func (r Result[T, E]) Tag() uint8 {
	return r.tag
}

// Ok is the value of a success.
func (r Result[T, E]) Ok() T {
	return r.success
}

// Err is the value of a failure.
func (r Result[T, E]) Err() E {
	return r.failure
}

// Unit is the value of a success that has none.
type Unit struct{}

// Text is an Option of a text that is never empty, as Go has it: empty for none.
func Text(text string) Option[string] {
	if text == "" {
		return None[string]()
	}
	return Some(text)
}
