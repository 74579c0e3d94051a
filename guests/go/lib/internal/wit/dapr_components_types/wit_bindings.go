// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_types

import (
	witTypes "plugbox/internal/abi"
)

// Names and values. A name comes once; the order means nothing. Names are to be compared as they are, in their case.
type Metadata = []witTypes.Tuple2[string, string]

const (
	// None of the above.
	CodeUnknown uint8 = 0
	// The request is wrong and would be wrong at any time: mend the request.
	CodeInvalidArgument uint8 = 1
	// The thing asked for is not there. (A missing key of a state store is no error: see `state-store.get`.)
	CodeNotFound uint8 = 2
	// The thing to be made is there already.
	CodeAlreadyExists uint8 = 3
	// The system is not in the state that the call needs: mend that, then call again.
	CodeFailedPrecondition uint8 = 4
	// A conflict with a concurrent call: begin again from the read.
	CodeAborted uint8 = 5
	// Past the end of what is valid.
	CodeOutOfRange uint8 = 6
	// The caller is known and may not do this.
	CodePermissionDenied uint8 = 7
	// The caller is not known, or its credentials are wrong.
	CodeUnauthenticated uint8 = 8
	// A quota, a limit or a disk is full.
	CodeResourceExhausted uint8 = 9
	// The component does not do this.
	CodeUnimplemented uint8 = 10
	// Not now: the same call may work in a moment.
	CodeUnavailable uint8 = 11
	// Out of time.
	CodeDeadlineExceeded uint8 = 12
	// Data is lost or broken beyond repair.
	CodeDataLoss uint8 = 13
	// Cancelled by the caller.
	CodeCancelled uint8 = 14
	// Something that should never happen did: a bug.
	CodeInternal uint8 = 15
)

// The status codes of gRPC, but for `ok`.
type Code = uint8

// Why a call failed: the meaning of a gRPC status code, and a message for the people who run the component.
// The message reaches the client and the log: put no secret in it.
type Error struct {
	Code    Code
	Message string
}
