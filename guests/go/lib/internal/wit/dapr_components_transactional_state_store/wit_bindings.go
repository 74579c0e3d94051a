// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_transactional_state_store

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
)

type Metadata = []witTypes.Tuple2[string, string]
type SetRequest = dapr_components_state_types.SetRequest
type DeleteRequest = dapr_components_state_types.DeleteRequest
type StateError = dapr_components_state_types.StateError

const (
	OperationSet    uint8 = 0
	OperationDelete uint8 = 1
)

// One step of a transaction.
type Operation struct {
	tag   uint8
	value any
}

func (self Operation) Tag() uint8 {
	return self.tag
}

func (self Operation) Set() dapr_components_state_types.SetRequest {
	if self.tag != OperationSet {
		panic("tag mismatch")
	}
	return self.value.(dapr_components_state_types.SetRequest)
}
func (self Operation) Delete() dapr_components_state_types.DeleteRequest {
	if self.tag != OperationDelete {
		panic("tag mismatch")
	}
	return self.value.(dapr_components_state_types.DeleteRequest)
}

func MakeOperationSet(value dapr_components_state_types.SetRequest) Operation {
	return Operation{OperationSet, value}
}
func MakeOperationDelete(value dapr_components_state_types.DeleteRequest) Operation {
	return Operation{OperationDelete, value}
}
