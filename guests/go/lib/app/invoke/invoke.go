// Package invoke is for guests that are applications with methods, which other applications and Dapr's own API call.
package invoke

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_app_invocation_types"
	"plugbox/internal/wit/dapr_components_status_types"
)

// Header is a name and a value beside a body. Names are in lower case, and may come more than once.
type Header struct {
	Name, Value string
}

// Request is a call of a method.
type Request struct {
	// Method is the name, or the path without the / it began with.
	Method string
	Data   []byte
	// ContentType is empty for none.
	ContentType string
	// TypeURL is the type of the data, where it is a message of protobuf that was packed with its type.
	TypeURL string
	// HTTP is what HTTP says beyond, nil for a call that has nothing of HTTP.
	HTTP    *HTTP
	Headers []Header
}

// HTTP is what HTTP says of a call beyond its path, headers and body.
type HTTP struct {
	// Verb is a method of HTTP as net/http writes it, like GET.
	Verb string
	// Query is what stands behind the ?, empty for nothing.
	Query string
}

// Response is what a method answers.
type Response struct {
	Data []byte
	// ContentType is empty for none.
	ContentType string
	TypeURL     string
	Headers     []Header
}

// Handler serves the methods of an application.
type Handler interface {
	// Invoke serves a call. What it fails with reaches the caller as a status of gRPC, with the code of a plugbox.Error: Unimplemented
	// or NotFound for a method that there is not.
	Invoke(request Request) (Response, error)
}

var exported border.Exported[Handler]

// Export makes the guest an application with methods. Call it once, in an init function.
func Export(handler Handler) {
	exported.Set(handler)
}

// In the order of the contract.
var verbs = [...]string{
	dapr_app_invocation_types.VerbGet:     "GET",
	dapr_app_invocation_types.VerbHead:    "HEAD",
	dapr_app_invocation_types.VerbPost:    "POST",
	dapr_app_invocation_types.VerbPut:     "PUT",
	dapr_app_invocation_types.VerbDelete:  "DELETE",
	dapr_app_invocation_types.VerbConnect: "CONNECT",
	dapr_app_invocation_types.VerbOptions: "OPTIONS",
	dapr_app_invocation_types.VerbTrace:   "TRACE",
	dapr_app_invocation_types.VerbPatch:   "PATCH",
}

type result = abi.Result[dapr_app_invocation_types.Response, dapr_components_status_types.Status]

func onHandle(request dapr_app_invocation_types.Request) result {
	response, err := exported.Get().Invoke(Request{
		Method:      request.Method,
		Data:        request.Data,
		ContentType: request.ContentType.Some(),
		TypeURL:     request.TypeUrl.Some(),
		HTTP:        http(request.Http),
		Headers:     headers(request.Headers),
	})
	if err != nil {
		return abi.Err[dapr_app_invocation_types.Response](border.Status(err))
	}
	return abi.Ok[dapr_app_invocation_types.Response, dapr_components_status_types.Status](dapr_app_invocation_types.Response{
		Data:        response.Data,
		ContentType: abi.Text(response.ContentType),
		TypeUrl:     abi.Text(response.TypeURL),
		Headers:     pairs(response.Headers),
	})
}

func http(said abi.Option[dapr_app_invocation_types.Http]) *HTTP {
	if said.Tag() == abi.OptionNone {
		return nil
	}
	return &HTTP{Verb: verbs[said.Some().Verb], Query: said.Some().Query.Some()}
}

func headers(pairs border.Pairs) []Header {
	var headers []Header
	for _, pair := range pairs {
		headers = append(headers, Header{Name: pair.F0, Value: pair.F1})
	}
	return headers
}

func pairs(headers []Header) border.Pairs {
	var pairs border.Pairs
	for _, header := range headers {
		pairs = append(pairs, abi.Tuple2[string, string]{F0: header.Name, F1: header.Value})
	}
	return pairs
}

// NoMethod is the error for a method that an application does not have.
func NoMethod(name string) error {
	return plugbox.Errorf(plugbox.Unimplemented, "there is no method %q", name)
}
