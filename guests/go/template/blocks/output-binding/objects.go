package main

import (
	"plugbox"
	"plugbox/outputbinding"
)

func init() { outputbinding.Export(objects{}) }

// objects is an output binding: what was created, by the metadata `key`.
type objects map[string][]byte

func (o objects) Init(plugbox.Metadata) ([]string, error) {
	return []string{outputbinding.Create, outputbinding.Get, outputbinding.Delete}, nil
}

func (o objects) Invoke(request outputbinding.Request) (outputbinding.Response, error) {
	var response outputbinding.Response
	key, found := request.Metadata["key"]
	if !found {
		return response, plugbox.Errorf(plugbox.InvalidArgument, "%s needs the metadata key", request.Operation)
	}
	switch request.Operation {
	case outputbinding.Create:
		o[key] = request.Data
	case outputbinding.Get:
		data, found := o[key]
		if !found {
			return response, plugbox.Errorf(plugbox.NotFound, "there is no object %q", key)
		}
		response.Data = data
	case outputbinding.Delete:
		delete(o, key)
	default:
		return response, plugbox.Errorf(plugbox.InvalidArgument, "there is no operation %q", request.Operation)
	}
	return response, nil
}
