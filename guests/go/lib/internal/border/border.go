// Package border turns what all blocks share from Go's form into the contract's, and back.
package border

import (
	"time"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_status_types"
	"plugbox/internal/wit/dapr_components_types"
)

// Pairs are metadata as the contract has them.
type Pairs = []abi.Tuple2[string, string]

// Result is an answer that the host gets.
type Result[T any] = abi.Result[T, dapr_components_types.Error]

// Code is the contract's name of a status code: the two count alike.
func Code(code plugbox.Code) dapr_components_types.Code {
	if code > plugbox.Internal {
		return dapr_components_types.CodeUnknown
	}
	return dapr_components_types.Code(code)
}

// Error is the contract's form of an error.
func Error(err error) dapr_components_types.Error {
	return dapr_components_types.Error{Code: Code(plugbox.CodeOf(err)), Message: err.Error()}
}

// Status is the form that the contract has for an error of an application.
func Status(err error) dapr_components_status_types.Status {
	return dapr_components_status_types.Status{Code: Code(plugbox.CodeOf(err)), Message: err.Error()}
}

// Answer is the contract's form of what a function of Go returns.
func Answer[T any](value T, err error) Result[T] {
	if err != nil {
		return abi.Err[T](Error(err))
	}
	return abi.Ok[T, dapr_components_types.Error](value)
}

// Done is the contract's form of what a function of Go returns that returns nothing but an error.
func Done(err error) Result[abi.Unit] {
	return Answer(abi.Unit{}, err)
}

// Features is the contract's form of what Init returns.
func Features[F ~string](features []F, err error) Result[[]string] {
	names := make([]string, len(features))
	for i, feature := range features {
		names[i] = string(feature)
	}
	return Answer(names, err)
}

// Metadata are the contract's pairs as a map, nil where there are none.
func Metadata(pairs Pairs) plugbox.Metadata {
	if len(pairs) == 0 {
		return nil
	}
	metadata := make(plugbox.Metadata, len(pairs))
	for _, pair := range pairs {
		metadata[pair.F0] = pair.F1
	}
	return metadata
}

// List is a map as the contract's pairs.
func List[M ~map[string]string](metadata M) Pairs {
	if len(metadata) == 0 {
		return nil
	}
	pairs := make(Pairs, 0, len(metadata))
	for name, value := range metadata {
		pairs = append(pairs, abi.Tuple2[string, string]{F0: name, F1: value})
	}
	return pairs
}

// Again is how long from now the host is to pull again, in nanoseconds: at a moment, or at none where that is zero.
func Again(wake time.Time) abi.Option[uint64] {
	if wake.IsZero() {
		return abi.None[uint64]()
	}
	return abi.Some(uint64(max(0, time.Until(wake))))
}

// Exported is the value that a guest exports for one interface.
type Exported[T any] struct {
	value T
	set   bool
}

// Set exports a value.
func (e *Exported[T]) Set(value T) {
	if e.set {
		panic("plugbox: one interface is exported twice")
	}
	e.value, e.set = value, true
}

// Get is the value that is exported.
func (e *Exported[T]) Get() T {
	if !e.set {
		panic("plugbox: the guest imports a package of plugbox's and exports nothing for it: call that package's Export in an init function")
	}
	return e.value
}
