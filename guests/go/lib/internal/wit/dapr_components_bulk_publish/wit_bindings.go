// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_bulk_publish

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
)

type Metadata = []witTypes.Tuple2[string, string]
type Error = dapr_components_types.Error

// One message of many.
type Entry struct {
	// Names the message in the answer.
	EntryId     string
	Data        []uint8
	ContentType witTypes.Option[string]
	Metadata    []witTypes.Tuple2[string, string]
}

// A message that could not be published.
type Failure struct {
	EntryId string
	// Why not, in words.
	Reason string
}
