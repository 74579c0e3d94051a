package statestore

import (
	"errors"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/state"
)

// stub answers what a test tells it to.
type stub struct {
	item state.Item
	err  error
}

func (s *stub) Init(plugbox.Metadata) ([]Feature, error) { return []Feature{ETag}, s.err }
func (s *stub) Get(state.GetRequest) (state.Item, error) { return s.item, s.err }
func (s *stub) Set(state.SetRequest) error               { return s.err }
func (s *stub) Delete(state.DeleteRequest) error         { return s.err }

func TestAMissingKeyIsAnAnswerAndNoError(t *testing.T) {
	store := &stub{item: state.Item{Value: []byte("v")}}
	Export(store)

	got := onGet(dapr_components_state_types.GetRequest{})
	if got.Tag() != abi.ResultOk || string(got.Ok().Some().Value) != "v" {
		t.Errorf("what is there is %v", got)
	}
	store.err = state.ErrNotFound
	got = onGet(dapr_components_state_types.GetRequest{})
	if got.Tag() != abi.ResultOk || got.Ok().Tag() != abi.OptionNone {
		t.Errorf("what is missing is %v", got)
	}
	store.err = errors.New("why")
	got = onGet(dapr_components_state_types.GetRequest{})
	if got.Tag() != abi.ResultErr || got.Err().Other().Message != "why" {
		t.Errorf("the failure is %v", got)
	}
	if onSet(dapr_components_state_types.SetRequest{}).Tag() != abi.ResultErr ||
		onDelete(dapr_components_state_types.DeleteRequest{}).Tag() != abi.ResultErr || onInit(nil).Tag() != abi.ResultErr {
		t.Error("a failure is lost")
	}
}
