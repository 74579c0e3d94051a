// Package plugbox is what guests of plugbox share: metadata, and errors with the status codes of gRPC.
//
// A guest is a program whose main function is empty. It implements the interface of one or more building blocks and exports it when
// it is initialised, as in the example.
//
// The blocks are the packages statestore (with its types in state), pubsub, inputbinding, outputbinding, secretstore and hello. What
// a block can do beyond the least is in packages below its own, such as statestore/transactions. An application imports those below
// app: app/invoke has methods, app/subscriber takes messages. A guest is what it imports: with a package comes its export, and plugbox
// serves that.
//
// plugbox calls one function of a guest at a time, so a guest needs no locks. Goroutines run while a call runs, and rest between
// calls. A panic ends the instance with all its memory; plugbox starts another and calls Init again.
//
// `go tool guest` builds the guest of a folder whose go.mod has the line `tool plugbox/cmd/guest`. `go test` needs nothing: on the
// author's own machine an export is an ordinary value.
package plugbox

//go:generate go run ./internal/generate

import (
	"context"
	"errors"
	"fmt"
)

// Metadata are names with their values. They are compared as they are, in their case.
type Metadata map[string]string

// Code is the status code of gRPC for a failed call. Its zero value is Unknown.
type Code uint8

// The status codes of gRPC, but for OK.
const (
	// Unknown is none of the others.
	Unknown Code = iota
	// InvalidArgument is for a request that is wrong and would be wrong at any time.
	InvalidArgument
	// NotFound is for a thing that is not there. (A missing key of a state store is state.ErrNotFound.)
	NotFound
	// AlreadyExists is for a thing that is to be made and is there already.
	AlreadyExists
	// FailedPrecondition is for a system that is not in the state that the call needs.
	FailedPrecondition
	// Aborted is for a conflict with a concurrent call: begin again from the read.
	Aborted
	// OutOfRange is past the end of what is valid.
	OutOfRange
	// PermissionDenied is for a caller who is known and may not do this.
	PermissionDenied
	// Unauthenticated is for a caller who is not known, or whose credentials are wrong.
	Unauthenticated
	// ResourceExhausted is for a quota, a limit or a disk that is full.
	ResourceExhausted
	// Unimplemented is for what the component does not do.
	Unimplemented
	// Unavailable is for not now: the same call may work in a moment.
	Unavailable
	// DeadlineExceeded is out of time.
	DeadlineExceeded
	// DataLoss is for data that are lost or broken beyond repair.
	DataLoss
	// Cancelled is for a call that its caller has cancelled.
	Cancelled
	// Internal is for what should never happen: a bug.
	Internal
)

// Error is an error with a status code. Any other error that a guest returns has the code Unknown, but for those of the package
// context, which have their own.
type Error struct {
	Code Code
	// Message reaches the client and the log: put no secret in it.
	Message string
	cause   error
}

// Errorf is an Error with a message, made as fmt.Errorf makes it; %w wraps.
func Errorf(code Code, format string, values ...any) error {
	err := fmt.Errorf(format, values...)
	return &Error{Code: code, Message: err.Error(), cause: errors.Unwrap(err)}
}

func (e *Error) Error() string {
	return e.Message
}

func (e *Error) Unwrap() error {
	return e.cause
}

// CodeOf is the status code that a client sees for an error: that of the Error in it.
func CodeOf(err error) Code {
	var own *Error
	switch {
	case errors.As(err, &own):
		return own.Code
	case errors.Is(err, context.DeadlineExceeded):
		return DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return Cancelled
	default:
		return Unknown
	}
}
