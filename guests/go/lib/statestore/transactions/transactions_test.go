package transactions

import (
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/internal/wit/dapr_components_transactional_state_store"
	"plugbox/state"
)

type recorder struct {
	operations []Operation
	metadata   plugbox.Metadata
	most       uint32
}

func (r *recorder) Transact(operations []Operation, metadata plugbox.Metadata) error {
	r.operations, r.metadata = operations, metadata
	return nil
}

func (r *recorder) MaxOperations() uint32 { return r.most }

func TestOperationsComeInTheirOrder(t *testing.T) {
	store := &recorder{}
	Export(store)
	onTransact([]dapr_components_transactional_state_store.Operation{
		dapr_components_transactional_state_store.MakeOperationDelete(dapr_components_state_types.DeleteRequest{Key: "a"}),
		dapr_components_transactional_state_store.MakeOperationSet(dapr_components_state_types.SetRequest{Key: "b"}),
	}, border.Pairs{{F0: "m", F1: "1"}})
	want := []Operation{{Delete: &state.DeleteRequest{Key: "a"}}, {Set: &state.SetRequest{Key: "b"}}}
	if !reflect.DeepEqual(store.operations, want) || store.metadata["m"] != "1" {
		t.Errorf("the transaction is %v, %v", store.operations, store.metadata)
	}
	if onMaxOperations().Tag() != abi.OptionNone {
		t.Error("there is a limit")
	}
	store.most = 5
	if onMaxOperations().Some() != 5 {
		t.Error("the limit is another")
	}
}
