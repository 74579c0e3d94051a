// Package state has the types of state stores: requests, items, and why a call failed.
package state

import "plugbox"

// Concurrency says how writes to one key by several writers are settled.
type Concurrency uint8

const (
	// UnspecifiedConcurrency is what a client says that says nothing; a store treats it as LastWrite.
	UnspecifiedConcurrency Concurrency = iota
	// FirstWrite lets the first writer win. Without an etag, Set succeeds only when the key is not there (else it is an
	// ErrETagMismatch); with an etag, the etag decides.
	FirstWrite
	// LastWrite lets the last writer win. An etag that is given must match all the same.
	LastWrite
)

// Consistency says how fresh a read, or how durable a write, is to be. A store that knows only one kind ignores it.
type Consistency uint8

const (
	// UnspecifiedConsistency is what a client says that says nothing.
	UnspecifiedConsistency Consistency = iota
	// Eventual allows for a replica that lags behind.
	Eventual
	// Strong asks that all replicas agree before the call ends.
	Strong
)

// GetRequest is what to read.
type GetRequest struct {
	// Key is as the runtime sends it; daprd puts the application's id before it (app||key).
	Key         string
	Consistency Consistency
	Metadata    plugbox.Metadata
}

// SetRequest is what to write.
type SetRequest struct {
	Key   string
	Value []byte
	// ContentType is the media type of the value as the client named it, and empty where it did not.
	ContentType string
	// ETag is empty where the client gave none. Otherwise the write happens only if the item's etag is this one: else it is an
	// ErrETagMismatch, or an ErrETagInvalid when this could never be an etag of this store.
	ETag        string
	Concurrency Concurrency
	Consistency Consistency
	// Metadata may have `ttlInSeconds`, in a store that names the feature TTL: the item's life in whole seconds. -1, 0, or a
	// write without it takes an expiry away; what is below -1 or not an integer is an InvalidArgument.
	Metadata plugbox.Metadata
}

// DeleteRequest is what to delete.
type DeleteRequest struct {
	Key string
	// ETag is as in SetRequest.
	ETag string
	// Concurrency means nothing here without an etag: a delete is never the first write.
	Concurrency Concurrency
	Consistency Consistency
	Metadata    plugbox.Metadata
}

// Item is what is stored under a key.
type Item struct {
	Value []byte
	// ETag changes at each write. It is empty in a store without etags (one that does not name the feature ETag).
	ETag        string
	ContentType string
	// Metadata has `ttlExpireTime`, the moment of expiry in RFC 3339, while an expiry is set.
	Metadata plugbox.Metadata
}
