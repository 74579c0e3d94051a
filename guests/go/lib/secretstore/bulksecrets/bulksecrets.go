// Package bulksecrets is for secret stores that may show all their secrets.
package bulksecrets

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/secretstore"
)

// Store shows all its secrets.
type Store interface {
	// BulkGet is every secret by its name.
	BulkGet(metadata plugbox.Metadata) (map[string]secretstore.Secret, error)
}

var exported border.Exported[Store]

// Export makes the guest show all its secrets. Call it once, in an init function; a guest that does is a secretstore.Store too.
func Export(store Store) {
	exported.Set(store)
}

// named is one secret with its name.
type named = abi.Tuple2[string, border.Pairs]

func onBulkGet(metadata border.Pairs) border.Result[[]named] {
	secrets, err := exported.Get().BulkGet(border.Metadata(metadata))
	list := make([]named, 0, len(secrets))
	for name, secret := range secrets {
		list = append(list, named{F0: name, F1: border.List(secret)})
	}
	return border.Answer(list, err)
}
