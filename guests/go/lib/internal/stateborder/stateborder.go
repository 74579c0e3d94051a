// Package stateborder turns the types of state stores from Go's form into the contract's, and back.
package stateborder

import (
	"errors"

	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/state"
)

// Result is an answer that the host gets.
type Result[T any] = abi.Result[T, dapr_components_state_types.StateError]

// GetRequest is the contract's request in Go's form.
func GetRequest(request dapr_components_state_types.GetRequest) state.GetRequest {
	return state.GetRequest{
		Key:         request.Key,
		Consistency: state.Consistency(request.Consistency),
		Metadata:    border.Metadata(request.Metadata),
	}
}

// SetRequest is the contract's request in Go's form.
func SetRequest(request dapr_components_state_types.SetRequest) state.SetRequest {
	return state.SetRequest{
		Key:         request.Key,
		Value:       request.Value,
		ContentType: request.ContentType.Some(),
		ETag:        request.Etag.Some(),
		Concurrency: state.Concurrency(request.Concurrency),
		Consistency: state.Consistency(request.Consistency),
		Metadata:    border.Metadata(request.Metadata),
	}
}

// DeleteRequest is the contract's request in Go's form.
func DeleteRequest(request dapr_components_state_types.DeleteRequest) state.DeleteRequest {
	return state.DeleteRequest{
		Key:         request.Key,
		ETag:        request.Etag.Some(),
		Concurrency: state.Concurrency(request.Concurrency),
		Consistency: state.Consistency(request.Consistency),
		Metadata:    border.Metadata(request.Metadata),
	}
}

// Each turns every element of a list.
func Each[From, To any](list []From, turn func(From) To) []To {
	turned := make([]To, len(list))
	for i, element := range list {
		turned[i] = turn(element)
	}
	return turned
}

// Item is what was found, if anything was; another error than ErrNotFound is the caller's to see first.
func Item(item state.Item, err error) abi.Option[dapr_components_state_types.Item] {
	if err != nil {
		return abi.None[dapr_components_state_types.Item]()
	}
	return abi.Some(dapr_components_state_types.Item{
		Value:       item.Value,
		Etag:        abi.Text(item.ETag),
		ContentType: abi.Text(item.ContentType),
		Metadata:    border.List(item.Metadata),
	})
}

// Failed tells an error from a key that is not there.
func Failed(err error) bool {
	return err != nil && !errors.Is(err, state.ErrNotFound)
}

// Answer is the contract's form of what a function of Go returns.
func Answer[T any](value T, err error) Result[T] {
	if err != nil {
		return abi.Err[T](Error(err))
	}
	return abi.Ok[T, dapr_components_state_types.StateError](value)
}

// Done is the contract's form of what a function of Go returns that returns nothing but an error.
func Done(err error) Result[abi.Unit] {
	return Answer(abi.Unit{}, err)
}

// Error is the contract's form of an error.
func Error(err error) dapr_components_state_types.StateError {
	var rows *state.RowMismatchError
	var own *state.AppError
	switch {
	case errors.Is(err, state.ErrETagMismatch):
		return dapr_components_state_types.MakeStateErrorEtagMismatch(err.Error())
	case errors.Is(err, state.ErrETagInvalid):
		return dapr_components_state_types.MakeStateErrorEtagInvalid(err.Error())
	case errors.As(err, &rows):
		return dapr_components_state_types.MakeStateErrorRowMismatch(dapr_components_state_types.RowMismatch{
			Expected: rows.Expected,
			Affected: rows.Affected,
		})
	case errors.As(err, &own):
		return dapr_components_state_types.MakeStateErrorAppError(dapr_components_state_types.AppError{
			Code:       border.Code(own.Code),
			HttpStatus: own.HTTPStatus,
			Tag:        own.Tag,
			Reason:     own.Reason,
			Domain:     own.Domain,
			Message:    own.Message,
		})
	default:
		return dapr_components_state_types.MakeStateErrorOther(border.Error(err))
	}
}
