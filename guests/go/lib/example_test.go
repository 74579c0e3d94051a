package plugbox_test

import (
	"plugbox"
	"plugbox/state"
	"plugbox/statestore"
)

type store map[string][]byte

func (s store) Init(plugbox.Metadata) ([]statestore.Feature, error) { return nil, nil }

func (s store) Get(request state.GetRequest) (state.Item, error) {
	value, found := s[request.Key]
	if !found {
		return state.Item{}, state.ErrNotFound
	}
	return state.Item{Value: value}, nil
}

func (s store) Set(request state.SetRequest) error {
	s[request.Key] = request.Value
	return nil
}

func (s store) Delete(request state.DeleteRequest) error {
	delete(s, request.Key)
	return nil
}

// A whole state store. In a guest this function is init, and main is empty.
func Example() {
	statestore.Export(store{})
}
