// Package outputbinding is for guests that do something outside for an application.
package outputbinding

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_output_binding"
)

// Dapr's own names for the usual operations; a binding may have others.
const (
	Create = "create"
	Get    = "get"
	Delete = "delete"
	List   = "list"
)

// Request is what an application asks for.
type Request struct {
	// Operation is one of those that Init answered.
	Operation string
	Data      []byte
	Metadata  plugbox.Metadata
}

// Response is what came of it.
type Response struct {
	Data []byte
	// ContentType is empty for none.
	ContentType string
	Metadata    plugbox.Metadata
}

// Binding is an output binding.
type Binding interface {
	// Init is called before anything else, once for each Component resource of Dapr that names this binding, with the resource's
	// metadata; and again when that resource is changed, or after plugbox had to start a new instance. It answers the operations,
	// which do not change afterwards.
	Init(properties plugbox.Metadata) (operations []string, err error)

	// Invoke does an operation.
	Invoke(request Request) (Response, error)
}

var exported border.Exported[Binding]

// Export makes the guest an output binding. Call it once, in an init function.
func Export(binding Binding) {
	exported.Set(binding)
}

func onInit(properties border.Pairs) border.Result[[]string] {
	return border.Features(exported.Get().Init(border.Metadata(properties)))
}

func onInvoke(
	request dapr_components_output_binding.Invocation,
) border.Result[dapr_components_output_binding.Response] {
	response, err := exported.Get().Invoke(Request{
		Operation: request.Operation,
		Data:      request.Data,
		Metadata:  border.Metadata(request.Metadata),
	})
	return border.Answer(dapr_components_output_binding.Response{
		Data:        response.Data,
		ContentType: abi.Text(response.ContentType),
		Metadata:    border.List(response.Metadata),
	}, err)
}
