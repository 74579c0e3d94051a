package state

import (
	"errors"
	"fmt"

	"plugbox"
)

// What a store returns, itself or wrapped in words of its own: fmt.Errorf("key %q: %w", key, state.ErrETagMismatch). Any other error
// reaches the application as an internal one, whatever its code: codes are for logs and for other clients.
var (
	// ErrNotFound is for a key that is not there, or that has expired. The application gets an empty answer.
	ErrNotFound = errors.New("not found")
	// ErrETagMismatch is for an etag that is well-formed, and not the item's now. The application gets 409.
	ErrETagMismatch = errors.New("the etag does not match")
	// ErrETagInvalid is for what is not an etag that this store could ever have made. The application gets 400.
	ErrETagInvalid = errors.New("the etag is none of this store")
)

// RowMismatchError is a bulk delete that touched fewer rows than it should.
type RowMismatchError struct {
	// Expected is how many rows should have been deleted, and Affected is how many were.
	Expected, Affected uint64
}

func (e *RowMismatchError) Error() string {
	return fmt.Sprintf("%d rows should have been deleted, and %d were", e.Expected, e.Affected)
}

// AppError reaches the application as it is, with words of the store's own.
type AppError struct {
	// Code is for an application that speaks gRPC.
	Code plugbox.Code
	// HTTPStatus is for an application that speaks HTTP, 400 to 599.
	HTTPStatus uint16
	// Tag is a short name for programs, like ERR_STATE_QUOTA.
	Tag string
	// Reason is a finer name, in upper snake case, like DAPR_STATE_QUOTA_EXCEEDED.
	Reason string
	// Domain is who defines the reason, like dapr.io or the store's own domain.
	Domain string
	// Message is for people.
	Message string
}

func (e *AppError) Error() string {
	return e.Message
}
