// Package bulkstate is for state stores that do bulk calls better than one by one. Without it plugbox loops over the store's own
// functions.
package bulkstate

import (
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/stateborder"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/state"
)

// Got is the answer for one key: the item, or state.ErrNotFound, or why this one failed, in words.
type Got struct {
	Item state.Item
	Err  error
}

// Store does bulk calls. They are not atomic: what can be done is done.
type Store interface {
	// BulkGet reads many keys. One answer for each request, in their order.
	BulkGet(requests []state.GetRequest) ([]Got, error)

	// BulkSet writes many values. Good ones are written even when others fail; the first failure is the answer (let its words name
	// the key).
	BulkSet(requests []state.SetRequest) error

	// BulkDelete deletes many keys. Good ones are deleted even when others fail; the first failure is the answer.
	BulkDelete(requests []state.DeleteRequest) error
}

var exported border.Exported[Store]

// Export makes the guest answer bulk calls. Call it once, in an init function; a guest that does is a statestore.Store too.
func Export(store Store) {
	exported.Set(store)
}

// answer is what the host gets for one key.
type answer = abi.Result[abi.Option[dapr_components_state_types.Item], string]

func onBulkGet(requests []dapr_components_state_types.GetRequest) stateborder.Result[[]answer] {
	got, err := exported.Get().BulkGet(stateborder.Each(requests, stateborder.GetRequest))
	return stateborder.Answer(stateborder.Each(got, answered), err)
}

func answered(got Got) answer {
	if stateborder.Failed(got.Err) {
		return abi.Err[abi.Option[dapr_components_state_types.Item]](got.Err.Error())
	}
	return abi.Ok[abi.Option[dapr_components_state_types.Item], string](stateborder.Item(got.Item, got.Err))
}

func onBulkSet(requests []dapr_components_state_types.SetRequest) stateborder.Result[abi.Unit] {
	return stateborder.Done(exported.Get().BulkSet(stateborder.Each(requests, stateborder.SetRequest)))
}

func onBulkDelete(requests []dapr_components_state_types.DeleteRequest) stateborder.Result[abi.Unit] {
	return stateborder.Done(exported.Get().BulkDelete(stateborder.Each(requests, stateborder.DeleteRequest)))
}
