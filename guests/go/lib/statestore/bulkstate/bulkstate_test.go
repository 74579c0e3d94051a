package bulkstate

import (
	"errors"
	"testing"

	"plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/state"
)

type stub struct{}

func (stub) BulkGet(requests []state.GetRequest) ([]Got, error) {
	got := make([]Got, len(requests))
	for i, request := range requests {
		switch request.Key {
		case "there":
			got[i].Item.Value = []byte("v")
		case "missing":
			got[i].Err = state.ErrNotFound
		default:
			got[i].Err = errors.New("why")
		}
	}
	return got, nil
}

func (stub) BulkSet([]state.SetRequest) error       { return state.ErrETagMismatch }
func (stub) BulkDelete([]state.DeleteRequest) error { return nil }

func TestEachKeyHasItsOwnAnswer(t *testing.T) {
	Export(stub{})
	answers := onBulkGet([]dapr_components_state_types.GetRequest{{Key: "missing"}, {Key: "there"}, {Key: "broken"}}).Ok()
	if len(answers) != 3 {
		t.Fatalf("there are %d answers", len(answers))
	}
	if answers[0].Tag() != abi.ResultOk || answers[0].Ok().Tag() != abi.OptionNone {
		t.Errorf("what is missing is %v", answers[0])
	}
	if string(answers[1].Ok().Some().Value) != "v" {
		t.Errorf("what is there is %v", answers[1])
	}
	if answers[2].Tag() != abi.ResultErr || answers[2].Err() != "why" {
		t.Errorf("the failure is %v", answers[2])
	}
	if onBulkSet(nil).Err().Tag() != dapr_components_state_types.StateErrorEtagMismatch || onBulkDelete(nil).Tag() != abi.ResultOk {
		t.Error("a failure is lost, or made up")
	}
}
