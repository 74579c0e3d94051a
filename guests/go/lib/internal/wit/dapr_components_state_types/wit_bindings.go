// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_state_types

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
)

type Code = dapr_components_types.Code
type Error = dapr_components_types.Error
type Metadata = []witTypes.Tuple2[string, string]

const (
	// The client does not say; a store treats it as `last-write`.
	ConcurrencyUnspecified uint8 = 0
	// The first writer wins. Without an etag, `set` succeeds only when the key is not there
	// (else `etag-mismatch`); with an etag, the etag decides.
	ConcurrencyFirstWrite uint8 = 1
	// The last writer wins. An etag that is given must match all the same.
	ConcurrencyLastWrite uint8 = 2
)

// How writes to one key by several writers are settled.
type Concurrency = uint8

const (
	// The client does not say.
	ConsistencyUnspecified uint8 = 0
	// A replica may lag behind.
	ConsistencyEventual uint8 = 1
	// All replicas agree before the call ends.
	ConsistencyStrong uint8 = 2
)

// How fresh a read, or how durable a write, is to be. A store that knows only one kind ignores it.
type Consistency = uint8

// What to read.
type GetRequest struct {
	// The key as the runtime sends it; daprd puts the application's id before it (`app||key`).
	Key         string
	Consistency Consistency
	// Whatever the client sent along, store-specific.
	Metadata []witTypes.Tuple2[string, string]
}

// What to write.
type SetRequest struct {
	Key string
	// Opaque bytes; often JSON, and then `query` can look inside.
	Value []uint8
	// The media type of the value, as the client named it.
	ContentType witTypes.Option[string]
	// The write happens only if the item's etag is this one: else `etag-mismatch`, or `etag-invalid` when
	// this could never be an etag of this store. Never an empty string.
	Etag        witTypes.Option[string]
	Concurrency Concurrency
	Consistency Consistency
	// In a store that names the feature `TTL`, `ttlInSeconds` is the item's life in whole seconds; -1, 0, or a write
	// without it takes an expiry away; what is below -1 or not an integer is an `invalid-argument`.
	// The rest is store-specific.
	Metadata []witTypes.Tuple2[string, string]
}

// What to delete.
type DeleteRequest struct {
	Key string
	// As in `set-request`.
	Etag witTypes.Option[string]
	// Without an etag it means nothing here: a delete is never the first write.
	Concurrency Concurrency
	Consistency Consistency
	Metadata    []witTypes.Tuple2[string, string]
}

// What is stored under a key.
type Item struct {
	Value []uint8
	// Changes at each write. Never empty; none from a store without etags (one that does not name the feature `ETAG`).
	Etag        witTypes.Option[string]
	ContentType witTypes.Option[string]
	// `ttlExpireTime`, the moment of expiry in RFC 3339, while an expiry is set.
	Metadata []witTypes.Tuple2[string, string]
}

// The numbers of a bulk delete that touched fewer rows than it should.
type RowMismatch struct {
	// Rows that should have been deleted.
	Expected uint64
	// Rows that were.
	Affected uint64
}

// An error for the application itself, with words of the store's own.
type AppError struct {
	// The gRPC status code for an application that speaks gRPC.
	Code dapr_components_types.Code
	// The HTTP status for an application that speaks HTTP, 400 to 599.
	HttpStatus uint16
	// A short name for programs, like `ERR_STATE_QUOTA`.
	Tag string
	// A finer name, in upper snake case, like `DAPR_STATE_QUOTA_EXCEEDED`.
	Reason string
	// Who defines the reason, like `dapr.io` or the store's own domain.
	Domain string
	// For people.
	Message string
}

const (
	// Well-formed, and not the item's etag now. The application gets 409. The text says why, for people.
	StateErrorEtagMismatch uint8 = 0
	// Not an etag that this store could ever have made. The application gets 400. The text says why, for people.
	StateErrorEtagInvalid uint8 = 1
	// A bulk delete that touched fewer rows than it should.
	StateErrorRowMismatch uint8 = 2
	// Reaches the application as it is.
	StateErrorAppError uint8 = 3
	// Anything else. The application sees an internal error, whatever the code: codes are for logs and for other clients.
	StateErrorOther uint8 = 4
)

// Why a call on state failed. plugbox makes of each case the gRPC status and the one detail that daprd looks for.
type StateError struct {
	tag   uint8
	value any
}

func (self StateError) Tag() uint8 {
	return self.tag
}

func (self StateError) EtagMismatch() string {
	if self.tag != StateErrorEtagMismatch {
		panic("tag mismatch")
	}
	return self.value.(string)
}
func (self StateError) EtagInvalid() string {
	if self.tag != StateErrorEtagInvalid {
		panic("tag mismatch")
	}
	return self.value.(string)
}
func (self StateError) RowMismatch() RowMismatch {
	if self.tag != StateErrorRowMismatch {
		panic("tag mismatch")
	}
	return self.value.(RowMismatch)
}
func (self StateError) AppError() AppError {
	if self.tag != StateErrorAppError {
		panic("tag mismatch")
	}
	return self.value.(AppError)
}
func (self StateError) Other() dapr_components_types.Error {
	if self.tag != StateErrorOther {
		panic("tag mismatch")
	}
	return self.value.(dapr_components_types.Error)
}

func MakeStateErrorEtagMismatch(value string) StateError {
	return StateError{StateErrorEtagMismatch, value}
}
func MakeStateErrorEtagInvalid(value string) StateError {
	return StateError{StateErrorEtagInvalid, value}
}
func MakeStateErrorRowMismatch(value RowMismatch) StateError {
	return StateError{StateErrorRowMismatch, value}
}
func MakeStateErrorAppError(value AppError) StateError {
	return StateError{StateErrorAppError, value}
}
func MakeStateErrorOther(value dapr_components_types.Error) StateError {
	return StateError{StateErrorOther, value}
}
