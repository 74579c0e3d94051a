// Command memory-state is a state store in memory with all that Dapr knows of state: etags, first writes, expiry, bulk calls,
// transactions, queries.
//
// This file is the border: each function that the host calls is a line or two here. The rules behind it are plain Go, which
// `go test` runs without WebAssembly.
//
// Nothing bounds what is stored but the memory that the host grants to the instance, and nothing outlives the instance.
package main

import (
	"time"

	"plugbox"
	"plugbox/state"
	"plugbox/statestore"
	"plugbox/statestore/bulkstate"
	"plugbox/statestore/queries"
	"plugbox/statestore/transactions"
)

func init() {
	memory := memoryState{newStore(time.Now)}
	statestore.Export(memory)
	bulkstate.Export(memory)
	transactions.Export(memory)
	queries.Export(memory)
}

func main() {}

type memoryState struct {
	store *store
}

// Init needs no properties. Whoever calls it again finds the items still there: Dapr does so when the Component resource has
// changed, and its applications do not expect to lose their state by that.
func (m memoryState) Init(plugbox.Metadata) ([]statestore.Feature, error) {
	return []statestore.Feature{statestore.ETag, statestore.TTL}, nil
}

func (m memoryState) Get(request state.GetRequest) (state.Item, error) {
	return m.store.get(request.Key)
}

func (m memoryState) Set(request state.SetRequest) error {
	return m.store.set(request)
}

func (m memoryState) Delete(request state.DeleteRequest) error {
	return m.store.delete(request)
}

func (m memoryState) BulkGet(requests []state.GetRequest) ([]bulkstate.Got, error) {
	got := make([]bulkstate.Got, len(requests))
	for i, request := range requests {
		got[i].Item, got[i].Err = m.store.get(request.Key)
	}
	return got, nil
}

func (m memoryState) BulkSet(requests []state.SetRequest) error {
	return each(requests, m.store.set)
}

func (m memoryState) BulkDelete(requests []state.DeleteRequest) error {
	return each(requests, m.store.delete)
}

// Transact has no use for the transaction's own metadata: that is for stores that are spread over partitions, and an item's expiry
// comes with its operation.
func (m memoryState) Transact(operations []transactions.Operation, _ plugbox.Metadata) error {
	return m.store.transact(operations)
}

func (m memoryState) MaxOperations() uint32 {
	return 0
}

func (m memoryState) Query(request queries.Request) (queries.Page, error) {
	return m.store.query(request)
}

// each does what can be done of all requests, and answers the first failure.
func each[R any](requests []R, write func(R) error) error {
	var first error
	for _, request := range requests {
		if err := write(request); err != nil && first == nil {
			first = err
		}
	}
	return first
}
