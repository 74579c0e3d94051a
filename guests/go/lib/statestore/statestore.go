// Package statestore is for guests that are state stores. plugbox answers bulk calls and pings with these functions; the packages
// below this one are for stores that can do more.
package statestore

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/stateborder"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/state"
)

// Feature is what a store says of itself that its exports cannot show.
type Feature string

const (
	// ETag is for a store that keeps and checks etags.
	ETag Feature = "ETAG"
	// TTL is for a store that obeys the metadata `ttlInSeconds`.
	TTL Feature = "TTL"
	// PartitionKey is for a store that obeys the metadata `partitionKey`.
	PartitionKey Feature = "PARTITION_KEY"
)

// Store is a state store.
type Store interface {
	// Init is called before anything else, once for each Component resource of Dapr that names this store, with the resource's
	// metadata; and again when that resource is changed, or after plugbox had to start a new instance. What fails here is shown to
	// whoever runs the component: say what is missing or wrong, by its name.
	Init(properties plugbox.Metadata) ([]Feature, error)

	// Get is the item under a key, or state.ErrNotFound for a key that is not there or has expired.
	Get(request state.GetRequest) (state.Item, error)

	// Set writes a value under a key, over what may be there. Nothing is written when it fails.
	Set(request state.SetRequest) error

	// Delete deletes a key. A key that is not there is deleted already, and that is no error, unless an etag was given: then it is
	// a state.ErrETagMismatch.
	Delete(request state.DeleteRequest) error
}

var exported border.Exported[Store]

// Export makes the guest a state store. Call it once, in an init function.
func Export(store Store) {
	exported.Set(store)
}

func onInit(properties border.Pairs) border.Result[[]string] {
	return border.Features(exported.Get().Init(border.Metadata(properties)))
}

func onGet(
	request dapr_components_state_types.GetRequest,
) stateborder.Result[abi.Option[dapr_components_state_types.Item]] {
	item, err := exported.Get().Get(stateborder.GetRequest(request))
	found := stateborder.Item(item, err)
	if !stateborder.Failed(err) {
		err = nil
	}
	return stateborder.Answer(found, err)
}

func onSet(request dapr_components_state_types.SetRequest) stateborder.Result[abi.Unit] {
	return stateborder.Done(exported.Get().Set(stateborder.SetRequest(request)))
}

func onDelete(request dapr_components_state_types.DeleteRequest) stateborder.Result[abi.Unit] {
	return stateborder.Done(exported.Get().Delete(stateborder.DeleteRequest(request)))
}
