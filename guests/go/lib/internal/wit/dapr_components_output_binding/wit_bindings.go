// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_output_binding

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
)

type Metadata = []witTypes.Tuple2[string, string]
type Error = dapr_components_types.Error

// What an application asks for.
type Invocation struct {
	// One of those that `init` answered.
	Operation string
	Data      []uint8
	Metadata  []witTypes.Tuple2[string, string]
}

type Response struct {
	Data        []uint8
	ContentType witTypes.Option[string]
	Metadata    []witTypes.Tuple2[string, string]
}
