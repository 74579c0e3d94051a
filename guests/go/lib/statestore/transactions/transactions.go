// Package transactions is for state stores with transactions, which Dapr's actors need. A guest that imports it has the feature
// TRANSACTIONAL.
package transactions

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/stateborder"
	"plugbox/internal/wit/dapr_components_transactional_state_store"
	"plugbox/state"
)

// Operation is one step of a transaction: one of the two is not nil.
type Operation struct {
	Set    *state.SetRequest
	Delete *state.DeleteRequest
}

// Store does transactions.
type Store interface {
	// Transact does all the operations, in their order, or none. A later one sees what an earlier one wrote.
	Transact(operations []Operation, metadata plugbox.Metadata) error

	// MaxOperations is the most operations that one transaction can have, 0 for no limit. It is asked once, after Init.
	MaxOperations() uint32
}

var exported border.Exported[Store]

// Export makes the guest do transactions. Call it once, in an init function; a guest that does is a statestore.Store too.
func Export(store Store) {
	exported.Set(store)
}

func onTransact(
	operations []dapr_components_transactional_state_store.Operation, metadata border.Pairs,
) stateborder.Result[abi.Unit] {
	err := exported.Get().Transact(stateborder.Each(operations, operation), border.Metadata(metadata))
	return stateborder.Done(err)
}

func operation(operation dapr_components_transactional_state_store.Operation) Operation {
	if operation.Tag() == dapr_components_transactional_state_store.OperationDelete {
		request := stateborder.DeleteRequest(operation.Delete())
		return Operation{Delete: &request}
	}
	request := stateborder.SetRequest(operation.Set())
	return Operation{Set: &request}
}

func onMaxOperations() abi.Option[uint32] {
	most := exported.Get().MaxOperations()
	if most == 0 {
		return abi.None[uint32]()
	}
	return abi.Some(most)
}
