// Package secretstore is for guests that are secret stores.
package secretstore

import (
	"plugbox"
	"plugbox/internal/border"
)

// Feature is what a store says of itself that its exports cannot show.
type Feature string

// MultipleKeyValues is for a store where a secret can have several values.
const MultipleKeyValues Feature = "MULTIPLE_KEY_VALUES_PER_SECRET"

// Secret is the values of one secret by their names. A secret with a single value has it under the secret's own name.
type Secret map[string]string

// Store is a secret store.
type Store interface {
	// Init is called before anything else, once for each Component resource of Dapr that names this store, with the resource's
	// metadata; and again when that resource is changed, or after plugbox had to start a new instance.
	Init(properties plugbox.Metadata) ([]Feature, error)

	// Get is one secret. A name that is not there is a plugbox.NotFound.
	Get(name string, metadata plugbox.Metadata) (Secret, error)
}

var exported border.Exported[Store]

// Export makes the guest a secret store. Call it once, in an init function.
func Export(store Store) {
	exported.Set(store)
}

func onInit(properties border.Pairs) border.Result[[]string] {
	return border.Features(exported.Get().Init(border.Metadata(properties)))
}

func onGet(name string, metadata border.Pairs) border.Result[border.Pairs] {
	secret, err := exported.Get().Get(name, border.Metadata(metadata))
	return border.Answer(border.List(secret), err)
}
