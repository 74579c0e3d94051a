// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_status_types

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
)

type Code = dapr_components_types.Code
type Metadata = []witTypes.Tuple2[string, string]

// An error's name.
type ErrorInfo struct {
	// In upper snake case, like `ORDER_CLOSED`.
	Reason string
	// Who defines the reason, like `dapr.io` or a domain of your own.
	Domain string
	// More about it.
	Metadata []witTypes.Tuple2[string, string]
}

// What is wrong with one field of a request.
type FieldViolation struct {
	// Names of fields from the outside in, with dots between: `order.lines.count`.
	Field string
	// For people.
	Description string
}

// What a call was about.
type ResourceInfo struct {
	// Its kind, like `state`.
	Kind string
	Name string
	// Who owns it, where somebody is known to.
	Owner witTypes.Option[string]
	// What went wrong with it, for people.
	Description string
}

// A message of protobuf with its type.
type Packed struct {
	// Its type, like `type.googleapis.com/google.rpc.RetryInfo`.
	TypeUrl string
	// The message as protobuf writes it.
	Value []uint8
}

const (
	// `google.rpc.ErrorInfo`: the error's name.
	DetailErrorInfo uint8 = 0
	// `google.rpc.BadRequest`: what is wrong with the request, field by field.
	DetailBadRequest uint8 = 1
	// `google.rpc.ResourceInfo`: what the call was about.
	DetailResourceInfo uint8 = 2
	// Any other message.
	DetailOther uint8 = 3
)

// What a status says beyond its code. Those that are usual need no protobuf.
type Detail struct {
	tag   uint8
	value any
}

func (self Detail) Tag() uint8 {
	return self.tag
}

func (self Detail) ErrorInfo() ErrorInfo {
	if self.tag != DetailErrorInfo {
		panic("tag mismatch")
	}
	return self.value.(ErrorInfo)
}
func (self Detail) BadRequest() []FieldViolation {
	if self.tag != DetailBadRequest {
		panic("tag mismatch")
	}
	return self.value.([]FieldViolation)
}
func (self Detail) ResourceInfo() ResourceInfo {
	if self.tag != DetailResourceInfo {
		panic("tag mismatch")
	}
	return self.value.(ResourceInfo)
}
func (self Detail) Other() Packed {
	if self.tag != DetailOther {
		panic("tag mismatch")
	}
	return self.value.(Packed)
}

func MakeDetailErrorInfo(value ErrorInfo) Detail {
	return Detail{DetailErrorInfo, value}
}
func MakeDetailBadRequest(value []FieldViolation) Detail {
	return Detail{DetailBadRequest, value}
}
func MakeDetailResourceInfo(value ResourceInfo) Detail {
	return Detail{DetailResourceInfo, value}
}
func MakeDetailOther(value Packed) Detail {
	return Detail{DetailOther, value}
}

// Why a call failed. It reaches whoever called, and the log: put no secret in it.
type Status struct {
	Code dapr_components_types.Code
	// For people.
	Message string
	// For programs. plugbox sends those that fit into what clients take of headers, the first ones first.
	Details []Detail
}
