// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_app_invocation_types

import (
	witTypes "plugbox/internal/abi"
)

// Names and values beside a body: the metadata of gRPC, the headers of HTTP. Names are in lower case, and may come more than
// once. The values are visible ASCII; where a name ends with `-bin`, they are bytes in base64. What belongs to gRPC or to the
// connection is not among them, nor is a token.
type Headers = []witTypes.Tuple2[string, string]

const (
	VerbGet     uint8 = 0
	VerbHead    uint8 = 1
	VerbPost    uint8 = 2
	VerbPut     uint8 = 3
	VerbDelete  uint8 = 4
	VerbConnect uint8 = 5
	VerbOptions uint8 = 6
	VerbTrace   uint8 = 7
	VerbPatch   uint8 = 8
)

// The methods of HTTP.
type Verb = uint8

// What HTTP says of a call beyond its path, headers and body.
type Http struct {
	Verb Verb
	// What stands behind the `?`, as it was written.
	Query witTypes.Option[string]
}

// A call of an application's method.
type Request struct {
	// The name, or the path without the `/` it began with.
	Method string
	Data   []uint8
	// The media type of the data.
	ContentType witTypes.Option[string]
	// The type of the data, where it is a message of protobuf that was packed with its type.
	TypeUrl witTypes.Option[string]
	// What HTTP says beyond; none for a call that has nothing of HTTP.
	Http    witTypes.Option[Http]
	Headers []witTypes.Tuple2[string, string]
}

// What a method answers.
type Response struct {
	Data        []uint8
	ContentType witTypes.Option[string]
	// As in `request`.
	TypeUrl witTypes.Option[string]
	Headers []witTypes.Tuple2[string, string]
}
