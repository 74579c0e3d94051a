package stateborder

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/internal/wit/dapr_components_types"
	"plugbox/state"
)

func TestEachErrorReachesTheHostAsItself(t *testing.T) {
	own := &state.AppError{
		Code: plugbox.ResourceExhausted, HTTPStatus: 429, Tag: "ERR", Reason: "DAPR_ERR", Domain: "example", Message: "full",
	}
	sentOwn := dapr_components_state_types.AppError{
		Code: dapr_components_types.CodeResourceExhausted, HttpStatus: 429, Tag: "ERR", Reason: "DAPR_ERR", Domain: "example",
		Message: "full",
	}
	rows := &state.RowMismatchError{Expected: 3, Affected: 2}
	for _, row := range []struct {
		err  error
		want dapr_components_state_types.StateError
	}{
		{
			state.ErrETagMismatch,
			dapr_components_state_types.MakeStateErrorEtagMismatch("the etag does not match"),
		},
		{
			fmt.Errorf("key %q: %w", "k", state.ErrETagMismatch),
			dapr_components_state_types.MakeStateErrorEtagMismatch(`key "k": the etag does not match`),
		},
		{
			fmt.Errorf("bad: %w", state.ErrETagInvalid),
			dapr_components_state_types.MakeStateErrorEtagInvalid("bad: the etag is none of this store"),
		},
		{
			fmt.Errorf("deleting: %w", rows),
			dapr_components_state_types.MakeStateErrorRowMismatch(dapr_components_state_types.RowMismatch{Expected: 3, Affected: 2}),
		},
		{own, dapr_components_state_types.MakeStateErrorAppError(sentOwn)},
		{fmt.Errorf("wrapped: %w", own), dapr_components_state_types.MakeStateErrorAppError(sentOwn)},
		{
			plugbox.Errorf(plugbox.Unavailable, "later"),
			dapr_components_state_types.MakeStateErrorOther(
				dapr_components_types.Error{Code: dapr_components_types.CodeUnavailable, Message: "later"}),
		},
	} {
		if sent := Error(row.err); !reflect.DeepEqual(sent, row.want) {
			t.Errorf("%v is %v to the host", row.err, sent)
		}
	}
}

func TestARequestHasAllThatTheClientSent(t *testing.T) {
	pairs := border.Pairs{{F0: "ttlInSeconds", F1: "1"}}
	set := SetRequest(dapr_components_state_types.SetRequest{
		Key: "k", Value: []byte("v"), ContentType: abi.Some("text/plain"), Etag: abi.Some("7"),
		Concurrency: dapr_components_state_types.ConcurrencyFirstWrite,
		Consistency: dapr_components_state_types.ConsistencyStrong,
		Metadata:    pairs,
	})
	if want := (state.SetRequest{
		Key: "k", Value: []byte("v"), ContentType: "text/plain", ETag: "7",
		Concurrency: state.FirstWrite, Consistency: state.Strong,
		Metadata: plugbox.Metadata{"ttlInSeconds": "1"},
	}); !reflect.DeepEqual(set, want) {
		t.Errorf("the write is %v", set)
	}
	remove := DeleteRequest(dapr_components_state_types.DeleteRequest{
		Key: "k", Etag: abi.Some("7"),
		Concurrency: dapr_components_state_types.ConcurrencyLastWrite,
		Consistency: dapr_components_state_types.ConsistencyEventual,
		Metadata:    pairs,
	})
	if want := (state.DeleteRequest{
		Key: "k", ETag: "7", Concurrency: state.LastWrite, Consistency: state.Eventual,
		Metadata: plugbox.Metadata{"ttlInSeconds": "1"},
	}); !reflect.DeepEqual(remove, want) {
		t.Errorf("the deletion is %v", remove)
	}
	get := GetRequest(dapr_components_state_types.GetRequest{Key: "k"})
	if want := (state.GetRequest{Key: "k"}); !reflect.DeepEqual(get, want) {
		t.Errorf("the read is %v", get)
	}
}

func TestAnItemIsThereUnlessThereIsAnError(t *testing.T) {
	found := Item(state.Item{Value: []byte("v"), ETag: "7"}, nil)
	if want := abi.Some(dapr_components_state_types.Item{Value: []byte("v"), Etag: abi.Some("7")}); !reflect.DeepEqual(found, want) {
		t.Errorf("the item is %v", found)
	}
	for _, err := range []error{state.ErrNotFound, fmt.Errorf("key: %w", state.ErrNotFound)} {
		if Failed(err) || Item(state.Item{}, err).Tag() != abi.OptionNone {
			t.Errorf("%v is a failure, or an item", err)
		}
	}
	if Failed(nil) || !Failed(errors.New("why")) {
		t.Error("nothing fails, or something does not")
	}
}
